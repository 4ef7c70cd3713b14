internal import Ledger
internal import Postgres

/// The facts of some batches, read by their ids.
struct FactPage {
    /// An operation, and the versions that its fact made.
    private typealias Fact = (operation: RecordedOperation, balances: [Identifier], versions: [Int64])

    private let organisation: Identifier
    private let recordedRules: [String]
    private var opened: [Identifier: Fact] = [:]
    private var settled: [SettlementKey: Fact] = [:]
    private var refused: [Identifier: Fact] = [:]
    private var adjusted: [Identifier: Fact] = [:]
    private var rejected: [Identifier: Fact] = [:]

    /// - Parameter recordedRules: breakers for which the record speaks.
    init(_ batches: some Collection<ReplayBatch>, organisation: Identifier, recordedRules: [String], in session: Session) throws {
        self.organisation = organisation
        self.recordedRules = recordedRules
        try readReservations(batches, in: session)
        try readSettlements(batches, in: session)
        try readRefusals(batches, in: session)
        try readAdjustments(batches, in: session)
        try readRejections(batches, in: session)
    }

    /// What a batch did, in its order; facts that are gone are left out.
    func facts(of batch: ReplayBatch) -> ReplayFacts {
        let found: [Fact?] =
            batch.opened.map { opened[$0] }
            + zip(batch.settled, batch.settledKinds).map { settled[SettlementKey(hold: $0, kind: $1)] }
            + batch.refused.map { refused[$0] } + batch.adjusted.map { adjusted[$0] }
            + batch.decided.map { rejected[$0] }
        // What a job adjusted has no position, and a batch of its own.
        let order = found.indices.sorted { position($0, batch) < position($1, batch) }
        var facts = ReplayFacts(guards: batch.guards, raised: batch.raised)
        var versions: [Identifier: (first: Int64, last: Int64)] = [:]
        for fact in order.compactMap({ found[$0] }) {
            facts.operations.append(fact.operation)
            for (balance, version) in zip(fact.balances, fact.versions) {
                let known = versions[balance] ?? (version, version)
                versions[balance] = (min(known.first, version), max(known.last, version))
            }
        }
        facts.spans = versions.map { .init(balance: $0.key, first: $0.value.first, last: $0.value.last) }
        return facts
    }

    private func position(_ index: Int, _ batch: ReplayBatch) -> (Int64, Int) {
        (index < batch.positions.count ? batch.positions[index] : .max, index)
    }

    // MARK: - Reading

    private mutating func readReservations(_ batches: some Collection<ReplayBatch>, in session: Session) throws {
        let ids = batches.flatMap(\.opened)
        guard !ids.isEmpty else { return }
        let times = Dictionary(batches.flatMap { batch in batch.opened.map { ($0, batch.at) } }, uniquingKeysWith: { first, _ in first })
        let rows = try session.execute(ReplayStatements.reservations, ReplayStatements.byMonth(ids, organisation))
        for row in 0..<rows.count {
            let id: Identifier = try rows.uuid(row, 0)
            let outcome = RecordedCall.Outcome.admitted(
                model: try rows.textIfPresent(row, 12), cost: try rows.int8(row, 13), tokens: try rows.int8(row, 14),
                isDowngraded: try rows.text(row, 11) == "downgrade")
            let call = try Self.call(rows, row, id: id, at: times[id] ?? id.time, outcome: outcome, stateHash: try rows.textIfPresent(row, 17))
            opened[id] = (.call(call), try rows.uuidArray(row, 15), try rows.int8Array(row, 16))
        }
    }

    private mutating func readSettlements(_ batches: some Collection<ReplayBatch>, in session: Session) throws {
        let keys = batches.flatMap { batch in
            zip(batch.settled, batch.settledKinds).map { (key: SettlementKey(hold: $0, kind: $1), at: batch.at) }
        }
        guard !keys.isEmpty else { return }
        let times = Dictionary(keys.map { ($0.key, $0.at) }, uniquingKeysWith: { first, _ in first })
        var parameters = ReplayStatements.byMonth(keys.map(\.key.hold), organisation)
        parameters.textArray(keys.map(\.key.kind))
        let rows = try session.execute(ReplayStatements.settlements, parameters)
        for row in 0..<rows.count {
            let key = SettlementKey(hold: try rows.uuid(row, 0), kind: try rows.text(row, 1))
            let operation = try Self.settlement(rows, row, key: key, at: times[key] ?? key.hold.time)
            settled[key] = (operation, try rows.uuidArray(row, 15), try rows.int8Array(row, 18))
        }
    }

    private mutating func readRefusals(_ batches: some Collection<ReplayBatch>, in session: Session) throws {
        let ids = batches.flatMap(\.refused)
        guard !ids.isEmpty else { return }
        let times = Dictionary(batches.flatMap { batch in batch.refused.map { ($0, batch.at) } }, uniquingKeysWith: { first, _ in first })
        let rows = try session.execute(ReplayStatements.refusals, ReplayStatements.byMonth(ids, organisation))
        var read: [(row: Int, id: Identifier, verdicts: RecordedVerdicts)] = []
        for row in 0..<rows.count { read.append((row, try rows.uuid(row, 0), try RecordedVerdicts(try rows.json(row, 12)))) }
        let plans = try openedByPlans(Set(read.flatMap(\.verdicts.suspensions)), in: session)
        for (row, id, verdicts) in read {
            let problem = try rows.text(row, 11)
            let isBarred = verdicts.isFrozen || !plans.isSuperset(of: verdicts.suspensions) || verdicts.isTagBound(problem: problem)
            let call = try Self.call(
                rows, row, id: id, at: times[id] ?? id.time, outcome: isBarred ? .barred : .refused(problem: problem),
                stateHash: try rows.textIfPresent(row, 13))
            refused[id] = (.call(call), [], [])
        }
    }

    private func openedByPlans(_ suspensions: Set<Identifier>, in session: Session) throws -> Set<Identifier> {
        guard !suspensions.isEmpty else { return [] }
        var parameters = ReplayStatements.byID(suspensions, organisation)
        parameters.textArray(recordedRules)
        let rows = try session.execute(ReplayStatements.openedByPlans, parameters)
        return Set(try (0..<rows.count).map { try rows.uuid($0, 0) })
    }

    private mutating func readAdjustments(_ batches: some Collection<ReplayBatch>, in session: Session) throws {
        let ids = batches.flatMap(\.adjusted)
        guard !ids.isEmpty else { return }
        let times = Dictionary(batches.flatMap { batch in batch.adjusted.map { ($0, batch.at) } }, uniquingKeysWith: { first, _ in first })
        let rows = try session.execute(ReplayStatements.adjustments, ReplayStatements.byID(ids, organisation))
        for row in 0..<rows.count {
            let id: Identifier = try rows.uuid(row, 0)
            guard let kind = Adjustment.Kind(rawValue: try rows.text(row, 1)) else {
                throw StoreError(.corrupt, "adjustment \(id) has an unknown kind")
            }
            let balance: Identifier = try rows.uuid(row, 2)
            let adjustment = Adjustment(
                kind: kind, amount: try rows.int8(row, 3), expiresAt: try rows.timestampIfPresent(row, 4).map { Timestamp(microseconds: $0) },
                source: try rows.uuidIfPresent(row, 5), reason: try rows.text(row, 6), author: try rows.text(row, 7))
            let recorded = RecordedAdjustment(id: id, at: times[id] ?? id.time, balance: balance, adjustment: adjustment)
            adjusted[id] = (.adjustment(recorded), [balance], [try rows.int8(row, 8)])
        }
    }

    /// Other ends of questions change no more than a grant does, which is an adjustment.
    private mutating func readRejections(_ batches: some Collection<ReplayBatch>, in session: Session) throws {
        let times = Dictionary(batches.flatMap { batch in batch.decided.map { ($0, batch.at) } }, uniquingKeysWith: { first, _ in first })
        guard !times.isEmpty else { return }
        let rows = try session.execute(ReplayStatements.rejections, ReplayStatements.byID(times.keys, organisation))
        for row in 0..<rows.count {
            let id: Identifier = try rows.uuid(row, 0)
            let rejection = RecordedRejection(at: times[id] ?? id.time, scope: try rows.uuid(row, 1), approval: id)
            rejected[id] = (.rejection(rejection), [], [])
        }
    }

    // MARK: - Decoding

    /// From the columns `id, key_id, tags, model, tool`, the tokens and `stated_cost`.
    private static func call(
        _ rows: Rows, _ row: Int, id: Identifier, at: Timestamp, outcome: RecordedCall.Outcome, stateHash: String?
    ) throws -> RecordedCall {
        let key: Identifier = try rows.uuid(row, 1)
        return RecordedCall(
            id: id, at: at, tags: try TagsJSON.decode(try rows.json(row, 2)), model: try rows.textIfPresent(row, 3),
            tool: try rows.textIfPresent(row, 4), usage: try usage(rows, row, from: 5),
            statedCost: try rows.int8IfPresent(row, 10).map { Money(nanos: $0) }, key: key.description, stateHash: stateHash,
            outcome: outcome)
    }

    private static func settlement(_ rows: Rows, _ row: Int, key: SettlementKey, at: Timestamp) throws -> RecordedOperation {
        let charged = Amounts(
            cost: try rows.int8(row, 11), tokens: try rows.int8(row, 12), modelCalls: try rows.int8(row, 13), toolCalls: try rows.int8(row, 14))
        let answer = RecordedAnswer(
            isFailure: try rows.textIfPresent(row, 19).flatMap(UsageReport.Status.init)?.isFailure, stateHash: try rows.textIfPresent(row, 20))
        if key.kind == SettlementColumns.Kind.direct.rawValue {
            let tags = try rows.jsonIfPresent(row, 2).map { try TagsJSON.decode($0) } ?? Tags()
            return .charge(
                RecordedCharge(
                    id: key.hold, at: at, tags: tags, model: try rows.textIfPresent(row, 3), tool: try rows.textIfPresent(row, 4), charged: charged,
                    key: try rows.uuidIfPresent(row, 21), answer: answer))
        }
        guard let state = Ending.State(rawValue: try rows.text(row, 10)) else {
            throw StoreError(.corrupt, "settlement \(key.hold) has an unknown state")
        }
        let balances: [Identifier] = try rows.uuidArray(row, 15)
        let held = try rows.int8Array(row, 16)
        let spent = try rows.int8Array(row, 17)
        guard held.count == balances.count, spent.count == balances.count else {
            throw StoreError(.corrupt, "settlement \(key.hold) has entries of different lengths")
        }
        let changes = balances.indices.map { RecordedEnd.Change(balance: balances[$0], held: held[$0], spent: spent[$0]) }
        return .end(
            RecordedEnd(
                hold: key.hold, at: at, state: state, isLate: key.kind == SettlementColumns.Kind.late.rawValue, charged: charged,
                usage: try usage(rows, row, from: 5), changes: changes, answer: answer))
    }

    private static func usage(_ rows: Rows, _ row: Int, from column: Int) throws -> TokenUsage? {
        guard let input = try rows.int8IfPresent(row, column), let output = try rows.int8IfPresent(row, column + 1) else { return nil }
        return TokenUsage(
            input: input, output: output, cachedInput: try rows.int8IfPresent(row, column + 2) ?? 0,
            cacheWrite: try rows.int8IfPresent(row, column + 3) ?? 0, reasoning: try rows.int8IfPresent(row, column + 4) ?? 0)
    }
}
