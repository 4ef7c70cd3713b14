internal import Ledger
internal import Postgres

/// Finds live balances that a policy would put over their limit.
enum OverLimit {
    /// $2 envelope, $3 its rule, $4 its limit, $5 now, $6 how many.
    private static let statement = Statement(
        "policy_over_limit",
        """
        SELECT b.id, b.envelope, b.meter, b.rule, b.names, b."values", b.window_start, b.window_end, b.adjusted, b.held, b.spent
        FROM balances b
        WHERE b.org_id = $1 AND b.envelope = $2 AND b.rule = $3 AND (b.window_end IS NULL OR b.window_end > $5::timestamptz)
          AND b.held::numeric + b.spent > greatest(0, $4::bigint::numeric + b.adjusted)
        ORDER BY b.id LIMIT $6::bigint
        """
    )
    /// The most balances that are counted for one envelope.
    private static let limit: Int64 = 10_000

    static func find(under policy: Policy, organisation: Identifier, at now: Timestamp, in session: Session) throws -> [BalanceView] {
        var found: [BalanceView] = []
        for envelope in policy.envelopes {
            guard let limit = envelope.limit else { continue }
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.text(envelope.name)
            parameters.text(envelope.rule)
            parameters.int8(limit)
            parameters.timestamp(microsecondsSince1970: now.microseconds)
            parameters.int8(Self.limit)
            let rows = try session.execute(statement, parameters)
            for row in 0..<rows.count {
                let identity = try BalanceIdentityRow.decode(rows, row, from: 0)
                let effective = envelope.limit(adjusted: try rows.int8(row, 8)) ?? limit
                found.append(BalanceView(identity: identity, limit: effective, held: try rows.int8(row, 9), spent: try rows.int8(row, 10)))
            }
        }
        return found
    }
}
