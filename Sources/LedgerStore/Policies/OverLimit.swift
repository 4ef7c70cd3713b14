internal import Ledger
internal import Postgres

/// Finds live balances that a policy would put over their limit, page by page.
enum OverLimit {
    private static let pageSize: Int64 = 5_000

    /// $2 envelope, $3 its rule, $4 its limit, $5 now, $6 after this id, $7 how many.
    private static let statement = Statement(
        "policy_over_limit",
        """
        WITH page AS MATERIALIZED (
            SELECT b.id, b.envelope, b.meter, b.rule, b.names, b."values", b.window_start, b.window_end, b.adjusted, b.held, b.spent
            FROM balances b WHERE b.org_id = $1 AND b.envelope = $2 AND b.id > $6 ORDER BY b.id LIMIT $7::bigint
        )
        SELECT p.*, p.rule = $3 AND (p.window_end IS NULL OR p.window_end > $5::timestamptz)
               AND p.held::numeric + p.spent > greatest(0, $4::bigint::numeric + p.adjusted)
        FROM page p ORDER BY p.id
        """
    )

    /// - Returns: how many there are, and the first of them.
    static func find(
        under policy: Policy, organisation: Identifier, at now: Timestamp, listing limit: Int, in session: Session
    ) throws -> (total: Int64, first: [BalanceView]) {
        var total: Int64 = 0
        var first: [BalanceView] = []
        for envelope in policy.envelopes where envelope.limit != nil {
            var after = Identifier.none
            while true {
                let rows = try session.execute(statement, page(envelope, after: after, organisation: organisation, at: now))
                for row in 0..<rows.count {
                    after = try rows.uuid(row, 0)
                    guard try rows.bool(row, 11) else { continue }
                    total += 1
                    if first.count < limit { first.append(try view(rows, row, envelope)) }
                }
                if rows.count < pageSize { break }
            }
        }
        return (total, first)
    }

    private static func page(_ envelope: Envelope, after: Identifier, organisation: Identifier, at now: Timestamp) -> Parameters {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.text(envelope.name)
        parameters.text(envelope.rule)
        parameters.int8(envelope.limit ?? 0)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.uuid(after)
        parameters.int8(pageSize)
        return parameters
    }

    private static func view(_ rows: Rows, _ row: Int, _ envelope: Envelope) throws -> BalanceView {
        BalanceView(
            identity: try BalanceIdentityRow.decode(rows, row, from: 0), limit: envelope.limit(adjusted: try rows.int8(row, 8)) ?? 0,
            held: try rows.int8(row, 9), spent: try rows.int8(row, 10))
    }
}
