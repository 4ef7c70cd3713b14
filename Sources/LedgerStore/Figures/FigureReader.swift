internal import Ledger
public import Postgres

/// Reads how the installation stands.
public struct FigureReader: Sendable {
    /// The most rows that one count looks at.
    public static let countLimit: Int64 = 200_000

    let pool: Pool
    let directory: OrganisationDirectory

    /// How the pool of this replica is used.
    public var poolUse: PoolUse { pool.use }

    /// The figures of the organisations that this replica knows, and that have something to show; at most `limit` of them.
    public func read(limit: Int) async throws -> Figures {
        let known = directory.known
        return try await pool.withSession { session in
            var standings: [Identifier: Figures.Standing] = [:]
            for id in known.prefix(limit) {
                guard let state = try directory.refresh(id, in: session) else { continue }
                var standing = Figures.Standing(organisation: state.organisation)
                standing.frozenEnvelopes = state.guards.freezeCount
                for suspension in state.guards.openSuspensions { standing.suspensions[suspension.rule ?? "", default: 0] += 1 }
                standings[id] = standing
            }
            try Self.each(FigureStatements.holds, in: session) { id, rows, row in standings[id]?.openHolds = try rows.int8(row, 1) }
            try Self.each(FigureStatements.approvals, in: session) { id, rows, row in standings[id]?.pendingApprovals = try rows.int8(row, 1) }
            try Self.each(FigureStatements.deliveries, in: session) { id, rows, row in standings[id]?.pendingDeliveries = try rows.int8(row, 1) }
            try Self.each(FigureStatements.outbox, in: session) { id, rows, row in
                standings[id]?.outbox = try rows.int8(row, 1)
                standings[id]?.outboxLagSeconds = Double(max(0, try rows.int8(row, 2))) / 1e6
            }
            return Figures(standings: standings.values.sorted { $0.organisation.name < $1.organisation.name })
        }
    }

    private static func each(
        _ statement: Statement, in session: Session, _ body: (Identifier, borrowing Rows, Int) throws -> Void
    ) throws {
        var parameters = Parameters()
        parameters.int8(countLimit)
        let rows = try session.execute(statement, parameters)
        for row in 0..<rows.count { try body(try rows.uuid(row, 0), rows, row) }
    }
}
