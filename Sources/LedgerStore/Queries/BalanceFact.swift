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

    /// One fact of the balance $3, by its id and the version it made. An id tells the month, and so the partition, it lies in.
    private static func lookUp(_ fact: String, version: String) -> String {
        """
        SELECT \(version) AS version, \(fact) AS fact, f.kind, f.at, f.held_changes[f.n], f.charges[f.n], f.held[f.n], f.spent[f.n],
               f.limits[f.n], f.previous[f.n], f.amount, f.reason, f.author, f.expires_at
        FROM (
            SELECT date_trunc('month', to_timestamp(('x' || translate(left(\(fact)::text, 13), '-', ''))::bit(48)::bigint / 1000.0), 'UTC') AS start
            OFFSET 0
        ) m
        CROSS JOIN LATERAL (
            SELECT 'hold' AS kind, r.opened_at AS at, r.amounts AS held_changes, array_fill(0::bigint, ARRAY[cardinality(r.amounts)]) AS charges,
                   r.versions, r.held, r.spent, r.limits, r.previous, array_position(r.balances, $3::uuid) AS n,
                   NULL::bigint AS amount, NULL::text AS reason, NULL::text AS author, NULL::timestamptz AS expires_at
            FROM reservations r
            WHERE r.org_id = $1 AND r.id = \(fact) AND r.opened_at >= m.start AND r.opened_at < m.start + interval '1 month'
            UNION ALL
            SELECT CASE s.kind WHEN 'late' THEN 'late' WHEN 'direct' THEN 'usage'
                   ELSE CASE s.state WHEN 'committed' THEN 'commit' WHEN 'released' THEN 'release' ELSE 'expire' END END,
                   s.settled_at, s.held_changes, s.charges, s.versions, s.held, s.spent, s.limits, s.previous,
                   array_position(s.balances, $3::uuid), NULL, NULL, NULL, NULL
            FROM settlements s
            WHERE s.org_id = $1 AND s.reservation_id = \(fact) AND s.opened_at >= m.start AND s.opened_at < m.start + interval '1 month'
            UNION ALL
            SELECT a.kind, a.made_at, ARRAY[0::bigint], ARRAY[0::bigint], ARRAY[a.version], ARRAY[a.held], ARRAY[a.spent], ARRAY[a.limits],
                   ARRAY[a.previous], 1, a.amount, a.reason, a.author, a.expires_at
            FROM adjustments a WHERE a.org_id = $1 AND a.id = \(fact) AND a.balance_id = $3::uuid
        ) f
        WHERE f.versions[f.n] = \(version)
        """
    }

    /// $2 the newest fact, $3 balance, $4 its version, $5 the oldest version.
    private static let walkStatement = Statement(
        "balance_facts",
        """
        WITH RECURSIVE walk (version, fact, kind, at, held_change, charge, held, spent, limits, previous, amount, reason, author, expires_at) AS (
            SELECT x.* FROM (SELECT $2::uuid AS fact, $4::bigint AS version) n
            CROSS JOIN LATERAL (\(lookUp("n.fact", version: "n.version"))) x
            UNION ALL
            SELECT x.* FROM (SELECT w.previous, w.version - 1 AS version FROM walk w WHERE w.version > $5::bigint) n
            CROSS JOIN LATERAL (\(lookUp("n.previous", version: "n.version"))) x
        )
        SELECT v.* FROM walk v
        """
    )

    /// Walks the facts of a balance back, newest first, in one round trip.
    ///
    /// - Parameters:
    ///   - version: the version to begin with, and `fact` the fact that made it.
    ///   - limit: how many facts at most.
    /// - Returns: none where that fact did not make this version.
    /// - Throws: `StoreError` `corrupt` where an earlier one is missing.
    static func walk(
        _ balance: Identifier, from version: Int64, fact: Identifier, limit: Int, organisation: Identifier, in session: Session
    ) throws -> [BalanceFact] {
        guard version > 0, limit > 0 else { return [] }
        let oldest = max(1, version - Int64(limit) + 1)
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(fact)
        parameters.uuid(balance)
        parameters.int8(version)
        parameters.int8(oldest)
        let rows = try session.execute(walkStatement, parameters)
        let facts = try (0..<rows.count).map { try decode(rows, $0) }
        guard let last = facts.last, last.version > oldest else { return facts }
        throw StoreError(.corrupt, "the history of balance \(balance) breaks at version \(last.version - 1)")
    }

    private static func decode(_ rows: Rows, _ row: Int) throws -> BalanceFact {
        let fact: Identifier = try rows.uuid(row, 1)
        guard let kind = Kind(rawValue: try rows.text(row, 2)) else { throw StoreError(.corrupt, "fact \(fact) is of an unknown kind") }
        let adjusted = try rows.int8IfPresent(row, 10).map { amount in
            Adjusted(
                amount: amount, reason: try rows.text(row, 11), author: try rows.text(row, 12),
                expiresAt: try rows.timestampIfPresent(row, 13).map { Timestamp(microseconds: $0) })
        }
        return BalanceFact(
            version: try rows.int8(row, 0), kind: kind, fact: fact, adjustment: adjusted,
            at: Timestamp(microseconds: try rows.timestamp(row, 3)), heldChange: try rows.int8(row, 4), spentChange: try rows.int8(row, 5),
            held: try rows.int8(row, 6), spent: try rows.int8(row, 7), limit: try rows.int8(row, 8), previous: try rows.uuid(row, 9))
    }
}
