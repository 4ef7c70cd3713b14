internal import Ledger
internal import Postgres

/// Some calls of a run in their order, oldest first, each with what was booked of it: small rows.
struct RunFacts {
    struct Fact {
        let id: Identifier
        let kind: RunStep.Kind
        let at: Timestamp
        let held: Amounts
        /// Nil: a hold that is open.
        var charged: Amounts?
    }

    /// The database reads through all calls of a run, also for a page: a million take it seconds.
    static let longestRead = Duration.seconds(60)

    private(set) var facts: [Fact]

    /// The first calls after one of them.
    ///
    /// - Parameter bound: tags of a key; calls of other values are not shown to it.
    static func page(_ run: String, bound: Tags, after: Identifier, limit: Int, of organisation: Identifier, in session: Session) throws -> RunFacts {
        var parameters = key(run, bound: bound, of: organisation)
        parameters.uuid(after)
        parameters.int8(Int64(limit))
        let rows = try session.execute(RunStatements.facts, parameters, timeout: longestRead)
        var facts = RunFacts(facts: try (0..<rows.count).map { try decode(rows, $0) })
        try facts.readCharges(of: organisation, in: session)
        return facts
    }

    /// The last calls.
    static func last(_ run: String, bound: Tags, limit: Int, of organisation: Identifier, in session: Session) throws -> RunFacts {
        var parameters = key(run, bound: bound, of: organisation)
        parameters.int8(Int64(limit))
        let rows = try session.execute(RunStatements.lastFacts, parameters, timeout: longestRead)
        var facts = RunFacts(facts: try (0..<rows.count).reversed().map { try decode(rows, $0) })
        try facts.readCharges(of: organisation, in: session)
        return facts
    }

    /// The holds among the latest of the organisation that carry these tags, and came with this key, and of which run the last of
    /// them is.
    static func latest(_ tags: Tags, key: Identifier?, limit: Int, of organisation: Identifier, in session: Session) throws -> (
        RunFacts, run: String?
    ) {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.json(TagsJSON.encode(tags))
        parameters.uuid(key)
        parameters.int8(Int64(limit))
        let rows = try session.execute(RunStatements.latest, parameters)
        var facts = RunFacts(facts: try (0..<rows.count).reversed().map { try decode(rows, $0) })
        try facts.readCharges(of: organisation, in: session)
        return (facts, rows.count > 0 ? try rows.textIfPresent(0, 7) : nil)
    }

    static func key(_ run: String, bound: Tags, of organisation: Identifier) -> Parameters {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.text(run)
        parameters.json(TagsJSON.encode(bound))
        return parameters
    }

    private static func decode(_ rows: Rows, _ row: Int) throws -> Fact {
        guard let kind = RunStep.Kind(rawValue: try rows.text(row, 1)) else { throw StoreError(.corrupt, "a call is of an unknown kind") }
        let amounts = Amounts(
            cost: try rows.int8(row, 3), tokens: try rows.int8(row, 4), modelCalls: try rows.int8(row, 5), toolCalls: try rows.int8(row, 6))
        return Fact(
            id: try rows.uuid(row, 0), kind: kind, at: Timestamp(microseconds: try rows.timestamp(row, 2)),
            held: kind == .reservation ? amounts : .zero, charged: kind == .reservation ? nil : amounts)
    }

    private mutating func readCharges(of organisation: Identifier, in session: Session) throws {
        let holds = facts.indices.filter { facts[$0].kind == .reservation }
        guard !holds.isEmpty else { return }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(holds.map { facts[$0].id })
        parameters.timestampArray(holds.map { facts[$0].at.microseconds })
        let rows = try session.execute(RunStatements.charges, parameters)
        var charges: [Identifier: Amounts] = [:]
        for row in 0..<rows.count {
            guard let cost = try rows.int8IfPresent(row, 1) else { continue }
            charges[try rows.uuid(row, 0)] = Amounts(
                cost: cost, tokens: try rows.int8(row, 2), modelCalls: try rows.int8(row, 3), toolCalls: try rows.int8(row, 4))
        }
        for index in holds { facts[index].charged = charges[facts[index].id] }
    }

    /// Leaves only the first, or the last, calls of those that were read.
    func keeping(first count: Int) -> RunFacts { RunFacts(facts: Array(facts.prefix(count))) }
    func keeping(last count: Int) -> RunFacts { RunFacts(facts: Array(facts.suffix(count))) }

    /// What was booked of them.
    var charged: Amounts { facts.reduce(.zero) { $0.clampedSum($1.charged ?? .zero) } }
}

extension Amounts {
    /// Per meter the sum, at most the largest number there is.
    func clampedSum(_ other: Amounts) -> Amounts {
        func sum(_ a: Int64, _ b: Int64) -> Int64 { Int64(clamping: Int128(a) + Int128(b)) }
        return Amounts(
            cost: sum(cost, other.cost), tokens: sum(tokens, other.tokens), modelCalls: sum(modelCalls, other.modelCalls),
            toolCalls: sum(toolCalls, other.toolCalls))
    }
}
