public import Ledger
internal import Postgres

/// Imports of logs: beginning and finding them.
public struct ImportStore: Sendable {
    let pool: Pool
    let clock: StoreClock
    let partitions: PartitionKeeper

    /// A sending of a log. Nothing is written before its first lines are there.
    public func sending(_ request: ImportRequest, to state: OrganisationState) -> LogImport {
        LogImport(pool: pool, clock: clock, partitions: partitions, request: request, state: state)
    }

    /// Begins an import, or begins anew with one that is known.
    ///
    /// - Throws: `ImportError.otherFormat` where the one that is known is in another format.
    static func begin(
        _ request: ImportRequest, of organisation: Identifier, at now: Timestamp, in session: Session
    ) throws -> (id: Identifier, attempt: Int64) {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(Identifier.fresh(at: now))
        parameters.uuid(request.key)
        parameters.text(request.name)
        parameters.text(request.format.rawValue)
        parameters.json(TagsJSON.encode(request.bound))
        parameters.text(request.author)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        _ = try session.execute(ImportStatements.begin, parameters)
        var key = Parameters()
        key.uuid(organisation)
        key.uuid(request.key)
        let rows = try session.execute(ImportStatements.byKey, key)
        guard rows.count == 1 else { throw StoreError(.corrupt, "the import was not written") }
        guard let format = LogFormat(rawValue: try rows.text(0, 1)) else { throw StoreError(.corrupt, "an import has an unknown format") }
        guard format == request.format else { throw ImportError.otherFormat(format) }
        let id: Identifier = try rows.uuid(0, 0)
        var attempt = Parameters()
        attempt.uuid(organisation)
        attempt.uuid(id)
        attempt.timestamp(microsecondsSince1970: now.microseconds)
        let number = try session.execute(ImportStatements.attempt, attempt).int8(0, 0)
        var refusals = Parameters()
        refusals.uuid(organisation)
        refusals.uuid(id)
        if number > 1 { _ = try session.execute(ImportStatements.forgetRefusals, refusals) }
        return (id, number)
    }

    // MARK: - Reading

    /// Newest first, older than one of them.
    ///
    /// - Parameter bound: tags of a key; it sees the imports of keys that are bound to these.
    public func list(of organisation: Identifier, bound: Tags = Tags(), before: Identifier?, limit: Int) async throws -> [StoredImport] {
        let now = clock.now()
        return try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(before ?? .last)
            parameters.int8(Int64(limit))
            parameters.append(bound)
            let rows = try session.execute(ImportStatements.list, parameters)
            return try (0..<rows.count).map { try Self.decode(rows, $0, now: now) }
        }
    }

    /// Nil where there is none, or none that a key with these tags may see.
    public func find(_ id: Identifier, bound: Tags = Tags(), of organisation: Identifier) async throws -> StoredImport? {
        let now = clock.now()
        return try await pool.withSession { try Self.find(id, bound: bound, of: organisation, now: now, in: $0) }
    }

    /// Lines that were refused, by their numbers.
    ///
    /// - Parameter after: the last line of the page before, with its part.
    public func refusals(
        of id: Identifier, in organisation: Identifier, after: (line: Int64, part: Int64)?, limit: Int
    ) async throws -> [RefusedLine] {
        try await pool.withSession { try Self.refusals(of: id, in: organisation, after: after, limit: limit, in: $0) }
    }

    static func find(
        _ id: Identifier, bound: Tags, of organisation: Identifier, now: Timestamp? = nil, in session: Session
    ) throws -> StoredImport? {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        parameters.append(bound)
        let rows = try session.execute(ImportStatements.find, parameters)
        guard rows.count == 1 else { return nil }
        var stored = try decode(rows, 0, now: now)
        stored.refusals = try refusals(of: id, in: organisation, after: nil, limit: LogImport.shownRefusals, in: session)
        return stored
    }

    private static func refusals(
        of id: Identifier, in organisation: Identifier, after: (line: Int64, part: Int64)?, limit: Int, in session: Session
    ) throws -> [RefusedLine] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        parameters.int8(after?.line ?? 0)
        parameters.int8(after?.part ?? 0)
        parameters.int8(Int64(limit))
        let rows = try session.execute(ImportStatements.refusals, parameters)
        return try (0..<rows.count).map { row in
            RefusedLine(line: try rows.int8(row, 0), part: try rows.int8(row, 1), place: try rows.text(row, 2), reason: try rows.text(row, 3))
        }
    }

    private static func decode(_ rows: Rows, _ row: Int, now: Timestamp?) throws -> StoredImport {
        guard let format = LogFormat(rawValue: try rows.text(row, 2)), var state = StoredImport.State(rawValue: try rows.text(row, 4)) else {
            throw StoreError(.corrupt, "an import has an unknown format or state")
        }
        let touched = Timestamp(microseconds: try rows.timestamp(row, 19))
        if state == .reading, let now, touched.adding(seconds: StoredImport.staleSeconds) < now { state = .interrupted }
        var counts = ImportCounts()
        for (index, count) in [
            \ImportCounts.lines, \.resumed, \.alreadyThere, \.refused, \.passedOver, \.unpriced, \.taken, \.cost.nanos, \.tokens,
        ].enumerated() { counts[keyPath: count] = try rows.int8(row, 5 + index) }
        counts.first = try rows.timestampIfPresent(row, 14).map { Timestamp(microseconds: $0) }
        counts.last = try rows.timestampIfPresent(row, 15).map { Timestamp(microseconds: $0) }
        return StoredImport(
            id: try rows.uuid(row, 0), name: try rows.text(row, 1), format: format, author: try rows.text(row, 3), state: state, counts: counts,
            ignored: try rows.textArray(row, 16), failure: try rows.textIfPresent(row, 17),
            beganAt: Timestamp(microseconds: try rows.timestamp(row, 18)),
            touchedAt: touched, finishedAt: try rows.timestampIfPresent(row, 20).map { Timestamp(microseconds: $0) })
    }
}
