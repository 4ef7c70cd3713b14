internal import Ledger
internal import Logging
internal import Postgres

/// Takes back adjustments and grants whose time is over, on balances that no call touches.
public struct ExpiredAdjustments: Sendable {
    /// How many balances one pass takes, and one transaction.
    static let passLimit = 500
    static let transactionLimit = 50

    private static let dueStatement = Statement(
        "adjustment_due",
        """
        SELECT d.org_id, array_agg(DISTINCT d.balance_id) FROM (
            SELECT x.org_id, x.balance_id FROM expiring_adjustments x
            WHERE x.expires_at <= $1::timestamptz ORDER BY x.expires_at LIMIT $2::bigint
        ) d GROUP BY d.org_id
        """
    )

    let pool: Pool
    let directory: OrganisationDirectory
    let clock: StoreClock
    let signal: FeedSignal
    let logger: Logger

    /// Takes back what is due; two replicas at once do it once.
    ///
    /// - Returns: true if there may be more.
    public func expireDue() async throws -> Bool {
        let now = clock.now()
        let due = try await pool.withSession { session in
            var parameters = Parameters()
            parameters.timestamp(microsecondsSince1970: now.microseconds)
            parameters.int8(Int64(Self.passLimit))
            let rows = try session.execute(Self.dueStatement, parameters)
            return try (0..<rows.count).map { row -> (organisation: Identifier, balances: [Identifier]) in
                (try rows.uuid(row, 0), try rows.uuidArray(row, 1))
            }
        }
        var failure: (any Error)?
        for (organisation, balances) in due {
            do {
                try await expire(all: balances, of: organisation)
            } catch {
                // One organisation must not keep the others waiting.
                logger.error("adjustments of an organisation cannot expire", metadata: ["org_id": "\(organisation)", "error": "\(error)"])
                failure = failure ?? error
            }
        }
        if !due.isEmpty { signal.raise() }
        if let failure { throw failure }
        return due.reduce(0) { $0 + $1.balances.count } >= Self.passLimit
    }

    private func expire(all balances: [Identifier], of organisation: Identifier) async throws {
        var rest = balances.sorted()[...]
        while !rest.isEmpty {
            let some = Array(rest.prefix(Self.transactionLimit))
            rest = rest.dropFirst(some.count)
            try await expire(some, of: organisation)
        }
    }

    private func expire(_ balances: [Identifier], of organisation: Identifier) async throws {
        let (directory, clock) = (directory, clock)
        try await pool.withSession { session in
            guard let state = try directory.refresh(organisation, in: session) else { return }
            var identities = IdentityCache()
            let known = try identities.resolve(balances, organisation: organisation, in: session)
            try AdjustmentExpiry(state: state, clock: clock).run(balances, identities: known, in: session)
        }
    }
}
