internal import Postgres

/// The SQL of adjustments and of the windows that carry credit.
enum AdjustmentStatements {
    static let insert = Statement(
        "adjustment_insert",
        """
        INSERT INTO adjustments (org_id, made_at, id, kind, balance_id, amount, expires_at, source, reason, author, version, held, spent,
                                 limits, previous)
        SELECT e.org_id, $2::timestamptz, d.id, d.kind, d.balance_id, d.amount, d.expires_at, d.source, d.reason, d.author, d.version,
               d.held, d.spent, d.limits, d.previous
        FROM org_epochs e,
             unnest($3::uuid[], $4::text[], $5::uuid[], $6::bigint[], $7::timestamptz[], $8::uuid[], $9::text[], $10::text[],
                    $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::uuid[])
             AS d(id, kind, balance_id, amount, expires_at, source, reason, author, version, held, spent, limits, previous)
        WHERE e.org_id = $1
        """
    )

    static let insertExpiring = Statement(
        "adjustment_insert_expiring",
        """
        INSERT INTO expiring_adjustments (org_id, balance_id, adjustment_id, amount, expires_at)
        SELECT e.org_id, d.balance_id, d.adjustment_id, d.amount, d.expires_at
        FROM org_epochs e,
             unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::timestamptz[]) AS d(balance_id, adjustment_id, amount, expires_at)
        WHERE e.org_id = $1
        """
    )

    static let deleteExpired = Statement(
        "adjustment_delete_expired",
        """
        DELETE FROM expiring_adjustments x USING unnest($2::uuid[], $3::uuid[]) AS d(balance_id, adjustment_id)
        WHERE x.org_id = $1 AND x.balance_id = d.balance_id AND x.adjustment_id = d.adjustment_id
        """
    )

    /// The adjustments of the balances $2, those that end first first.
    static let readExpiring = Statement(
        "adjustment_read_expiring",
        """
        SELECT f.* FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (
            SELECT x.balance_id, x.adjustment_id, x.amount, x.expires_at FROM expiring_adjustments x
            WHERE x.org_id = $1 AND x.balance_id = k.id OFFSET 0
        ) f
        ORDER BY f.expires_at, f.adjustment_id
        """
    )

    /// Locks chains in the order of their ids, $2 sorted.
    static let lockChains = Statement(
        "chain_lock",
        """
        SELECT l.* FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (
            SELECT c.id, c.balance_id, c.window_end FROM credit_chains c WHERE c.org_id = $1 AND c.id = k.id FOR UPDATE
        ) l
        """
    )

    static let moveChains = Statement(
        "chain_move",
        """
        INSERT INTO credit_chains AS c (org_id, id, envelope, balance_id, window_end)
        SELECT e.org_id, d.id, d.envelope, d.balance_id, d.window_end
        FROM org_epochs e, unnest($2::uuid[], $3::text[], $4::uuid[], $5::timestamptz[]) AS d(id, envelope, balance_id, window_end)
        WHERE e.org_id = $1
        ON CONFLICT (org_id, id) DO UPDATE SET balance_id = excluded.balance_id, window_end = excluded.window_end
        WHERE c.window_end < excluded.window_end
        """
    )
}
