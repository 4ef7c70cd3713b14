internal import Ledger
internal import Postgres

/// What an alert is about, as it stands when it is measured.
struct AlertSubject {
    /// The balance of a step; a single call that was too large leaves none to measure.
    struct Standing {
        let identity: BalanceIdentity
        let limit: Int64
        let held: Int64
        let spent: Int64
        let version: Int64
        let lastFact: Identifier

        /// What may still be held or spent; negative beyond the limit.
        var remaining: Int64 { Int64(clamping: Int128(limit) - Int128(held) - Int128(spent)) }
    }

    let envelope: String
    let playbook: String?
    /// Per cent of the limit.
    let step: Int64?
    /// The limit that the alert told of, in the meter's unit.
    let limitThen: Int64?
    let standing: Standing?

    /// Nil where there is no such alert.
    static func read(_ alert: Identifier, organisation: Identifier, policy: Policy, in session: Session) throws -> AlertSubject? {
        var key = Parameters()
        key.uuid(organisation)
        key.uuid(alert)
        let rows = try session.execute(AlertStatements.subject, key)
        guard rows.count == 1 else { return nil }
        let step = try rows.int8IfPresent(0, 15)
        var standing: Standing?
        if step != nil, (try rows.uuidIfPresent(0, 0) as Identifier?) != nil {
            let identity = try BalanceIdentityRow.decode(rows, 0, from: 0)
            let limit = policy.envelope(of: identity)?.limit(adjusted: try rows.int8(0, 13))
            standing = Standing(
                identity: identity, limit: try limit ?? rows.int8(0, 8), held: try rows.int8(0, 9), spent: try rows.int8(0, 10),
                version: try rows.int8(0, 11), lastFact: try rows.uuid(0, 12))
        }
        let limit = try rows.textIfPresent(0, 17)
        return AlertSubject(
            envelope: try rows.text(0, 14), playbook: try rows.textIfPresent(0, 16), step: step,
            limitThen: limit.flatMap { standing?.identity.meter == .cost ? Money($0)?.nanos : Int64($0) }, standing: standing)
    }

    /// The last facts of a balance, newest first.
    static func changes(of standing: Standing, organisation: Identifier, in session: Session) throws -> [UseChange] {
        let facts = try BalanceFact.walk(
            standing.identity.id, from: standing.version, fact: standing.lastFact, limit: AlertMeasurement.factLimit,
            organisation: organisation, in: session)
        if facts.isEmpty, standing.version > 0 {
            throw StoreError(.corrupt, "the history of balance \(standing.identity.id) breaks at version \(standing.version)")
        }
        let spenders = try spenders(of: facts.filter { $0.adjustment == nil }.map(\.fact), organisation: organisation, in: session)
        return facts.map { UseChange(at: $0.at, amount: $0.heldChange + $0.spentChange, spender: spenders[$0.fact]) }
    }

    private static func spenders(of facts: [Identifier], organisation: Identifier, in session: Session) throws -> [Identifier: Subject] {
        let facts = Array(Set(facts))
        let months = Partitions.months(of: facts)
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(facts)
        parameters.timestamp(microsecondsSince1970: months.start.microseconds)
        parameters.timestamp(microsecondsSince1970: months.end.microseconds)
        let rows = try session.execute(AlertStatements.spenders, parameters)
        var found: [Identifier: Subject] = [:]
        for row in 0..<rows.count {
            found[try rows.uuid(row, 0)] = TopSpender.subject(
                agent: try rows.textIfPresent(row, 1), user: try rows.textIfPresent(row, 2), run: try rows.textIfPresent(row, 3))
        }
        return found
    }
}
