internal import Ledger
internal import Postgres

/// Restores the routes of balances whose window has ended.
public struct DowngradedRoutes: Sendable {
    /// How many one pass takes.
    static let passLimit = 500

    private static let dueStatement = Statement(
        "route_due",
        """
        SELECT d.org_id, d.balance_id, d.tier FROM downgraded_balances d
        WHERE d.window_end <= $1::timestamptz ORDER BY d.window_end LIMIT $2::bigint
        """
    )
    private static let clearStatement = Statement(
        "route_clear", "UPDATE balances SET route_tier = NULL WHERE org_id = $1 AND id = $2 AND route_tier IS NOT NULL")
    private static let deleteStatement = Statement(
        "route_delete", "DELETE FROM downgraded_balances WHERE org_id = $1 AND balance_id = $2")
    private static let readStatement = Statement(
        "route_read",
        """
        SELECT b.id, b.envelope, b.meter, b.rule, b.names, b."values", b.window_start, b.window_end, b.limit_amount, b.held, b.spent
        FROM balances b WHERE b.org_id = $1 AND b.id = $2 FOR UPDATE
        """
    )

    let pool: Pool
    let directory: OrganisationDirectory
    let clock: StoreClock
    let signal: FeedSignal

    /// Restores what is due, each balance in a transaction of its own; two replicas at once do it once.
    ///
    /// - Returns: true if there may be more.
    public func restoreDue() async throws -> Bool {
        let now = clock.now()
        let due = try await pool.withSession { session in
            var parameters = Parameters()
            parameters.timestamp(microsecondsSince1970: now.microseconds)
            parameters.int8(Int64(Self.passLimit))
            let rows = try session.execute(Self.dueStatement, parameters)
            return try (0..<rows.count).map { row -> (organisation: Identifier, balance: Identifier, tier: String) in
                (try rows.uuid(row, 0), try rows.uuid(row, 1), try rows.text(row, 2))
            }
        }
        for route in due {
            try await pool.withTransaction { session in
                try Self.restore(route.balance, tier: route.tier, organisation: route.organisation, at: now, in: session)
            }
        }
        if !due.isEmpty { signal.raise() }
        return due.count >= Self.passLimit
    }

    private static func restore(
        _ balance: Identifier, tier: String, organisation: Identifier, at now: Timestamp, in session: Session
    ) throws {
        var key = Parameters()
        key.uuid(organisation)
        key.uuid(balance)
        let rows = try session.execute(readStatement, key)
        // Whoever was first has deleted the row.
        guard try session.execute(deleteStatement, key).affected == 1, rows.count == 1 else { return }
        _ = try session.execute(clearStatement, key)
        let identity = try BalanceIdentityRow.decode(rows, 0, from: 0)
        var events = EventColumns()
        events.append(
            Event(
                .routeRestored, envelope: identity.envelope, identity: identity, limit: try rows.int8(0, 8), held: try rows.int8(0, 9),
                spent: try rows.int8(0, 10), tier: tier, reason: "the window ended"),
            id: .fresh(at: now))
        try events.write(organisation: organisation, at: now, in: session)
    }
}
