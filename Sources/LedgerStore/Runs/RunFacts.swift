internal import Ledger
internal import Postgres

/// All calls of a run in their order, each with what was booked of it: small rows, of which a long run has many.
struct RunFacts {
    struct Fact {
        let id: Identifier
        let kind: RunStep.Kind
        let at: Timestamp
        let held: Amounts
        /// Nil: a hold that is open.
        var charged: Amounts?
        let agent: String
        let problem: String?
    }

    /// The most calls of a run that are looked at.
    static let limit = 100_000
    /// For how many holds one statement looks up what they were charged.
    private static let chunk = 5_000

    private(set) var facts: [Fact]
    let isComplete: Bool

    /// - Parameter bound: tags of a key; calls of other values are not shown to it.
    static func read(_ run: String, bound: Tags, of organisation: Identifier, in session: Session) throws -> RunFacts {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.text(run)
        parameters.json(TagsJSON.encode(bound))
        parameters.int8(Int64(limit) + 1)
        let rows = try session.execute(RunStatements.facts, parameters)
        var facts = RunFacts(facts: try (0..<min(rows.count, limit)).map { try decode(rows, $0) }, isComplete: rows.count <= limit)
        try facts.readCharges(of: organisation, in: session)
        return facts
    }

    /// The holds among the latest of the organisation that carry these tags, and came with this key, oldest first; those before are
    /// in no number.
    static func latest(_ tags: Tags, key: Identifier?, limit: Int, of organisation: Identifier, in session: Session) throws -> (
        RunFacts, run: String?
    ) {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.json(TagsJSON.encode(tags))
        parameters.uuid(key)
        parameters.int8(Int64(limit))
        let rows = try session.execute(RunStatements.latest, parameters)
        var facts = RunFacts(facts: try (0..<rows.count).reversed().map { try decode(rows, $0) }, isComplete: false)
        try facts.readCharges(of: organisation, in: session)
        return (facts, rows.count > 0 ? try rows.textIfPresent(0, 9) : nil)
    }

    private static func decode(_ rows: Rows, _ row: Int) throws -> Fact {
        guard let kind = RunStep.Kind(rawValue: try rows.text(row, 1)) else { throw StoreError(.corrupt, "a call is of an unknown kind") }
        let amounts = Amounts(
            cost: try rows.int8(row, 3), tokens: try rows.int8(row, 4), modelCalls: try rows.int8(row, 5), toolCalls: try rows.int8(row, 6))
        return Fact(
            id: try rows.uuid(row, 0), kind: kind, at: Timestamp(microseconds: try rows.timestamp(row, 2)),
            held: kind == .reservation ? amounts : .zero, charged: kind == .reservation ? nil : amounts, agent: try rows.text(row, 7),
            problem: try rows.textIfPresent(row, 8))
    }

    /// A part of the holds at a time, each in a transaction of its own.
    private mutating func readCharges(of organisation: Identifier, in session: Session) throws {
        let holds = facts.indices.filter { facts[$0].kind == .reservation }
        for start in stride(from: 0, to: holds.count, by: Self.chunk) {
            let part = holds[start..<min(start + Self.chunk, holds.count)]
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuidArray(part.map { facts[$0].id })
            parameters.timestampArray(part.map { facts[$0].at.microseconds })
            let rows = try session.execute(RunStatements.charges, parameters)
            var charges: [Identifier: Amounts] = [:]
            for row in 0..<rows.count {
                guard let cost = try rows.int8IfPresent(row, 1) else { continue }
                charges[try rows.uuid(row, 0)] = Amounts(
                    cost: cost, tokens: try rows.int8(row, 2), modelCalls: try rows.int8(row, 3), toolCalls: try rows.int8(row, 4))
            }
            for index in part { facts[index].charged = charges[facts[index].id] }
        }
    }

    // MARK: - Sums

    /// What was booked of the first so many calls.
    func charged(first count: Int) -> Amounts {
        facts.prefix(count).reduce(.zero) { $0.clampedSum($1.charged ?? .zero) }
    }

    var held: Amounts { facts.reduce(.zero) { $1.charged == nil ? $0.clampedSum($1.held) : $0 } }

    var openHolds: Int64 { Int64(facts.count { $0.charged == nil }) }

    var admitted: Int64 { Int64(facts.count { $0.kind != .refusal }) }

    /// By problem, most first.
    var refusals: [(problem: String, count: Int64)] {
        var counts: [String: Int64] = [:]
        for fact in facts { if let problem = fact.problem { counts[problem, default: 0] += 1 } }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { (problem: $0.key, count: $0.value) }
    }
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
