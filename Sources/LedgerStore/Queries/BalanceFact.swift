public import Ledger
internal import Postgres

/// One fact in the history of a balance.
public struct BalanceFact: Sendable {
    public enum Kind: String, Sendable {
        case hold, commit, release, expire, late, usage, adjustment, carry, expiry, grant
    }

    public let version: Int64
    public let kind: Kind
    /// The hold, the direct charge or the adjustment.
    public let fact: Identifier
    /// Of an adjustment: what it changed the limit by, why, and who did it.
    public let adjustment: Adjusted?
    public let at: Timestamp
    public let heldChange: Int64
    public let spentChange: Int64
    public let held: Int64
    public let spent: Int64
    public let limit: Int64
    /// The fact that made the version before.
    public let previous: Identifier

    public struct Adjusted: Sendable {
        public let amount: Int64
        public let reason: String
        public let author: String
        public let expiresAt: Timestamp?
    }

    /// $2 fact, $3 balance, $4 version, made in [$5, $6).
    private static let statement = Statement(
        "balance_fact",
        """
        SELECT f.kind, f.at, f.held_changes[f.n], f.charges[f.n], f.held[f.n], f.spent[f.n], f.limits[f.n], f.previous[f.n],
               f.amount, f.reason, f.author, f.expires_at
        FROM (
            SELECT 'hold' AS kind, r.opened_at AS at, r.amounts AS held_changes, array_fill(0::bigint, ARRAY[cardinality(r.amounts)]) AS charges,
                   r.versions, r.held, r.spent, r.limits, r.previous, array_position(r.balances, $3::uuid) AS n,
                   NULL::bigint AS amount, NULL::text AS reason, NULL::text AS author, NULL::timestamptz AS expires_at
            FROM reservations r
            WHERE r.org_id = $1 AND r.id = $2 AND r.opened_at >= $5::timestamptz AND r.opened_at < $6::timestamptz
            UNION ALL
            SELECT CASE s.kind WHEN 'late' THEN 'late' WHEN 'direct' THEN 'usage'
                   ELSE CASE s.state WHEN 'committed' THEN 'commit' WHEN 'released' THEN 'release' ELSE 'expire' END END,
                   s.settled_at, s.held_changes, s.charges, s.versions, s.held, s.spent, s.limits, s.previous,
                   array_position(s.balances, $3::uuid), NULL, NULL, NULL, NULL
            FROM settlements s
            WHERE s.org_id = $1 AND s.reservation_id = $2 AND s.opened_at >= $5::timestamptz AND s.opened_at < $6::timestamptz
            UNION ALL
            SELECT a.kind, a.made_at, ARRAY[0::bigint], ARRAY[0::bigint], ARRAY[a.version], ARRAY[a.held], ARRAY[a.spent], ARRAY[a.limits],
                   ARRAY[a.previous], 1, a.amount, a.reason, a.author, a.expires_at
            FROM adjustments a WHERE a.org_id = $1 AND a.id = $2 AND a.balance_id = $3::uuid
        ) f
        WHERE f.versions[f.n] = $4::bigint
        """
    )

    static func read(
        _ fact: Identifier, balance: Identifier, version: Int64, organisation: Identifier, in session: Session
    ) throws -> BalanceFact? {
        let months = Partitions.months(of: [fact])
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(fact)
        parameters.uuid(balance)
        parameters.int8(version)
        parameters.timestamp(microsecondsSince1970: months.start.microseconds)
        parameters.timestamp(microsecondsSince1970: months.end.microseconds)
        let rows = try session.execute(statement, parameters)
        guard rows.count == 1, let kind = Kind(rawValue: try rows.text(0, 0)) else { return nil }
        let adjusted = try rows.int8IfPresent(0, 8).map { amount in
            Adjusted(
                amount: amount, reason: try rows.text(0, 9), author: try rows.text(0, 10),
                expiresAt: try rows.timestampIfPresent(0, 11).map { Timestamp(microseconds: $0) })
        }
        return BalanceFact(
            version: version, kind: kind, fact: fact, adjustment: adjusted, at: Timestamp(microseconds: try rows.timestamp(0, 1)),
            heldChange: try rows.int8(0, 2), spentChange: try rows.int8(0, 3), held: try rows.int8(0, 4), spent: try rows.int8(0, 5),
            limit: try rows.int8(0, 6), previous: try rows.uuid(0, 7))
    }
}
