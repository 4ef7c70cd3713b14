internal import Postgres

/// The SQL that finds which windows are to be opened, and records that they were.
enum WindowStatements {
    /// The last window that was recorded of each envelope $2 with its rule $3.
    static let lastOpenings = Statement(
        "window_last_openings",
        """
        SELECT k.position, w.window_start FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS k(envelope, rule, position)
        CROSS JOIN LATERAL (
            SELECT o.window_start FROM window_openings o
            WHERE o.org_id = $1 AND o.envelope = k.envelope AND o.rule = k.rule ORDER BY o.window_start DESC LIMIT 1
        ) w
        """
    )

    /// The last window, of those that ended by $4, in which an envelope has balances.
    static let lastInUse = Statement(
        "window_last_in_use",
        """
        SELECT b.window_start, b.window_end FROM balances b
        WHERE b.org_id = $1 AND b.envelope = $2::text AND b.rule = $3::text AND b.window_end <= $4::timestamptz
        ORDER BY b.window_end DESC LIMIT 1
        """
    )

    /// The keys that were in use in the window that ended at $4, a page in the order of ids.
    static let keysInUse = Statement(
        "window_keys_in_use",
        """
        SELECT b.id, b."values" FROM balances b
        WHERE b.org_id = $1 AND b.envelope = $2::text AND b.rule = $3::text AND b.window_end = $4::timestamptz AND b.version > 0 AND b.id > $5
        ORDER BY b.id LIMIT $6::bigint
        """
    )

    /// The keys that carry credit and whose last window ended by $4, a page in the order of their chains.
    static let keysInChains = Statement(
        "window_keys_in_chains",
        """
        SELECT c.id, b."values" FROM credit_chains c JOIN balances b ON b.org_id = c.org_id AND b.id = c.balance_id
        WHERE c.org_id = $1 AND b.org_id = $1 AND c.envelope = $2::text AND b.rule = $3::text AND c.window_end <= $4::timestamptz AND c.id > $5
        ORDER BY c.id LIMIT $6::bigint
        """
    )

    static let count = Statement(
        "window_count",
        "SELECT count(*) FROM balances b WHERE b.org_id = $1 AND b.envelope = $2::text AND b.rule = $3::text AND b.window_end = $4::timestamptz"
    )

    static let insert = Statement(
        "window_insert",
        """
        INSERT INTO window_openings (org_id, envelope, rule, window_start, window_end, opened_at, keys, missed)
        SELECT e.org_id, $2::text, $3::text, $4::timestamptz, $5::timestamptz, $6::timestamptz, $7::bigint, $8::bigint
        FROM org_epochs e WHERE e.org_id = $1
        ON CONFLICT DO NOTHING
        """
    )
}
