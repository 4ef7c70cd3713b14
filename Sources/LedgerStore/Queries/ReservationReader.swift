public import Ledger
internal import Postgres

/// Reads holds and what became of them from the facts.
public struct ReservationReader: Sendable {
    let pool: Pool

    /// A hold of the organisation; nil where there is none.
    public func find(_ id: Identifier, of organisation: Identifier) async throws -> StoredReservation? {
        try await pool.withSession { session in
            let rows = try session.execute(ReservationStatements.find, Self.key(id, organisation))
            guard rows.count == 1 else { return nil }
            return try Self.decode(rows, organisation: organisation, in: session).first
        }
    }

    /// Holds that carry these tags, newest first, older than one of them.
    public func list(
        of organisation: Identifier, openOnly: Bool, tags: Tags, after: Identifier?, limit: Int
    ) async throws -> [StoredReservation] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.json(TagsJSON.encode(tags))
            parameters.uuid(after)
            parameters.int8(Int64(limit))
            let rows = try session.execute(openOnly ? ReservationStatements.listOpen : ReservationStatements.list, parameters)
            return try Self.decode(rows, organisation: organisation, in: session)
        }
    }

    /// What a direct charge was answered with; nil where there is none.
    public func charge(_ id: Identifier, of organisation: Identifier) async throws -> SettledHold? {
        try await pool.withSession { session in
            let rows = try session.execute(ReservationStatements.findCharge, Self.key(id, organisation))
            guard rows.count == 1 else { return nil }
            let identities = try Self.identities(try rows.uuidArray(0, 14), organisation: organisation, in: session)
            let shadows = try rows.jsonIfPresent(0, ReservationStatements.settledColumnCount).map(ShadowJSON.decode) ?? []
            guard let settled = try Self.settled(rows, 0, from: 0, identities, shadows) else { return nil }
            return SettledHold(
                id: id, state: settled.state, charged: settled.charged, returned: .zero,
                overrun: settled.balances.overrun(of: settled.charged), late: false, balances: settled.balances)
        }
    }

    private static func key(_ id: Identifier, _ organisation: Identifier) -> Parameters {
        let months = Partitions.months(of: [id])
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        parameters.timestamp(microsecondsSince1970: months.start.microseconds)
        parameters.timestamp(microsecondsSince1970: months.end.microseconds)
        return parameters
    }

    // MARK: - Decoding

    private static func decode(_ rows: Rows, organisation: Identifier, in session: Session) throws -> [StoredReservation] {
        var touched: Set<Identifier> = []
        for row in 0..<rows.count { touched.formUnion(try rows.uuidArray(row, 13)) }
        let identities = try identities(Array(touched), organisation: organisation, in: session)
        return try (0..<rows.count).map { try decode(rows, $0, identities) }
    }

    private static func identities(
        _ ids: [Identifier], organisation: Identifier, in session: Session
    ) throws -> [Identifier: BalanceIdentity] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(ids)
        let met = try BalanceIdentityRow.decode(try session.execute(ReservationStatements.identities, parameters))
        return Dictionary(met.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func decode(_ rows: Rows, _ row: Int, _ identities: [Identifier: BalanceIdentity]) throws -> StoredReservation {
        let tool = try rows.textIfPresent(row, 7)
        let late = 21 + ReservationStatements.settledColumnCount
        let shadows = try rows.jsonIfPresent(row, 20).map(ShadowJSON.decode) ?? []
        // What an envelope in shadow mode would have done was said when the hold was opened.
        let modes = shadows.map { Shadow(envelope: $0.envelope, would: nil) }
        return StoredReservation(
            id: try rows.uuid(row, 0), decision: try rows.text(row, 3), reason: try rows.textIfPresent(row, 4),
            requestedModel: try rows.textIfPresent(row, 5), model: try rows.textIfPresent(row, 6), tool: tool,
            tags: try TagsJSON.decode(try rows.json(row, 8)), step: try rows.int8IfPresent(row, 9),
            stateHash: try rows.textIfPresent(row, 10),
            held: Amounts(
                cost: try rows.int8(row, 11), tokens: try rows.int8(row, 12), modelCalls: tool == nil ? 1 : 0, toolCalls: tool == nil ? 0 : 1),
            openedAt: Timestamp(microseconds: try rows.timestamp(row, 1)),
            promisedExpiry: Timestamp(microseconds: try rows.timestamp(row, 2)),
            openUntil: try rows.timestampIfPresent(row, 19).map { Timestamp(microseconds: $0) },
            balances: try views(rows, row, balances: 13, held: 14, identities, shadows), shadows: shadows,
            end: try settled(rows, row, from: 21, identities, modes), late: try settled(rows, row, from: late, identities, modes))
    }

    private static func settled(
        _ rows: Rows, _ row: Int, from column: Int, _ identities: [Identifier: BalanceIdentity], _ shadows: [Shadow]
    ) throws -> StoredReservation.Settled? {
        guard let name = try rows.textIfPresent(row, column) else { return nil }
        guard let state = Ending.State(rawValue: name) else { throw StoreError(.corrupt, "a settlement has an unknown state") }
        var usage: TokenUsage?
        if let input = try rows.int8IfPresent(row, column + 5) {
            usage = TokenUsage(
                input: input, output: try rows.int8IfPresent(row, column + 6) ?? 0,
                cachedInput: try rows.int8IfPresent(row, column + 7) ?? 0, cacheWrite: try rows.int8IfPresent(row, column + 8) ?? 0,
                reasoning: try rows.int8IfPresent(row, column + 9) ?? 0)
        }
        return StoredReservation.Settled(
            state: state,
            charged: Amounts(
                cost: try rows.int8(row, column + 1), tokens: try rows.int8(row, column + 2), modelCalls: try rows.int8(row, column + 3),
                toolCalls: try rows.int8(row, column + 4)),
            usage: usage, toolCalls: try rows.int8(row, column + 4), source: try rows.textIfPresent(row, column + 10),
            status: try rows.textIfPresent(row, column + 11), latencyMilliseconds: try rows.int8IfPresent(row, column + 12),
            settledAt: Timestamp(microseconds: try rows.timestamp(row, column + 13)),
            balances: try views(rows, row, balances: column + 14, held: column + 15, identities, shadows))
    }

    /// The columns after `held` are `spent` and `limits`.
    private static func views(
        _ rows: Rows, _ row: Int, balances: Int, held: Int, _ identities: [Identifier: BalanceIdentity], _ shadows: [Shadow]
    ) throws -> [BalanceView] {
        let ids: [Identifier] = try rows.uuidArray(row, balances)
        let heldAfter = try rows.int8Array(row, held)
        let spentAfter = try rows.int8Array(row, held + 1)
        let limits = try rows.int8Array(row, held + 2)
        guard heldAfter.count == ids.count, spentAfter.count == ids.count, limits.count == ids.count else {
            throw StoreError(.corrupt, "a fact's entries are not of one length")
        }
        return try ids.indices.map { index in
            guard let identity = identities[ids[index]] else { throw StoreError(.corrupt, "balance \(ids[index]) is gone") }
            return BalanceView(
                identity: identity, limit: limits[index], held: heldAfter[index], spent: spentAfter[index], shadow: shadows.of(identity.envelope))
        }
    }
}
