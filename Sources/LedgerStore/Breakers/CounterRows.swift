internal import Ledger
internal import Postgres

/// How counters of breakers are read and written.
enum CounterRows {
    static func decode(_ rows: Rows) throws -> [Counter] {
        var counters: [Counter] = []
        counters.reserveCapacity(rows.count)
        for row in 0..<rows.count { counters.append(try decode(rows, row)) }
        return counters
    }

    private static func decode(_ rows: Rows, _ row: Int) throws -> Counter {
        let id: Identifier = try rows.uuid(row, 0)
        guard let kind = Subject.Kind(rawValue: try rows.text(row, 1)), let states = StateCounts(bytes: try rows.bytes(row, 9)) else {
            throw StoreError(.corrupt, "counter \(id) cannot be read")
        }
        let within = try rows.int8IfPresent(row, 5)
        let identity = CounterIdentity(
            id: id, subject: Subject(kind: kind, id: try rows.text(row, 2)), scope: try rows.text(row, 3), tool: try rows.textIfPresent(row, 4),
            withinSeconds: within)
        let buckets = try rows.bytes(row, 10)
        var ring: CallRing?
        if let within, !buckets.isEmpty {
            ring = CallRing(withinSeconds: within, newest: try rows.int8(row, 11), bytes: buckets)
            if ring == nil { throw StoreError(.corrupt, "counter \(id) has a ring that cannot be read") }
        }
        var probation: Probation?
        if let total = try rows.int8IfPresent(row, 13) {
            let left = try rows.int8IfPresent(row, 12) ?? 0
            probation = Probation(total: total, left: left, pending: try rows.int8IfPresent(row, 17) ?? left)
        }
        return Counter(
            identity, steps: try rows.int8(row, 6), spent: try rows.int8(row, 7), failures: try rows.int8(row, 8),
            answers: try rows.int8(row, 16), states: states, ring: ring, probation: probation,
            told: try rows.text(row, 14).split(separator: ",").map(String.init),
            changedAt: Timestamp(microseconds: try rows.timestamp(row, 15)),
            resetAt: try rows.timestampIfPresent(row, 18).map { Timestamp(microseconds: $0) })
    }

    /// What the breakers remember of a subject, the counter of all its calls first; none where no breaker looks at it.
    static func all(of subject: Subject, organisation: Identifier, in session: Session) throws -> [Counter] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(CounterIdentity(subject, of: organisation) { Digest.identifier($0) }.id)
        parameters.text(subject.kind.rawValue)
        parameters.text(subject.id)
        return try decode(try session.execute(CounterStatements.ofSubject, parameters))
    }

    static func insert(_ counters: [CounterIdentity], organisation: Identifier, at now: Timestamp) -> PipelineStep {
        // In the order of ids, so that two lanes that make the same ones never wait for each other in a circle.
        let sorted = counters.sorted { $0.id < $1.id }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.uuidArray(sorted.map(\.id))
        parameters.textArray(sorted.map(\.subject.kind.rawValue))
        parameters.textArray(sorted.map(\.subject.id))
        parameters.textArray(sorted.map(\.scope))
        parameters.textArray(sorted.map(\.tool))
        parameters.int8Array(sorted.map(\.withinSeconds))
        return PipelineStep(CounterStatements.insert, parameters)
    }

    /// Writes what a batch changed; nil: nothing. The rows are there.
    static func update(_ book: CounterBook, organisation: Identifier) -> BatchWrites.Step? {
        let counters = book.counters.indices.filter { book.changed[$0] }.map { book.counters[$0] }
        guard !counters.isEmpty else { return nil }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(counters.map(\.identity.id))
        parameters.int8Array(counters.map(\.steps))
        parameters.int8Array(counters.map(\.spent))
        parameters.int8Array(counters.map(\.failures))
        parameters.byteaArray(counters.map(\.states.bytes))
        parameters.byteaArray(counters.map { $0.ring?.bytes ?? [] })
        parameters.int8Array(counters.map { $0.ring?.newest ?? 0 })
        parameters.int8Array(counters.map(\.probation?.left))
        parameters.int8Array(counters.map(\.probation?.total))
        parameters.textArray(counters.map { $0.told.joined(separator: ",") })
        parameters.timestampArray(counters.map(\.changedAt.microseconds))
        parameters.int8Array(counters.map(\.answers))
        parameters.int8Array(counters.map(\.probation?.pending))
        return (PipelineStep(CounterStatements.update, parameters), counters.count)
    }
}
