internal import Postgres

/// The SQL of reading holds with what became of them.
enum ReservationStatements {
    /// 0 … 18 the hold, 19 its extended end, 20 its shadows, 21 … the end, then the late charge.
    private static let columns = """
        r.id, r.opened_at, r.expires_at, r.decision, r.reason, r.requested_model, r.model, r.tool, r.tags, r.step, r.state_hash,
        r.cost, r.tokens, r.balances, r.held, r.spent, r.limits, r.policy_version, r.key_id,
        o.expires_at, r.shadow,
        \(settled("e")), \(settled("l"))
        """

    private static func settled(_ alias: String) -> String {
        [
            "state", "cost", "tokens", "model_calls", "tool_calls", "input_tokens", "output_tokens", "cached_input_tokens",
            "cache_write_tokens", "reasoning_tokens", "usage_source", "status", "latency_ms", "settled_at", "balances", "held", "spent",
            "limits",
        ].map { "\(alias).\($0)" }.joined(separator: ", ")
    }

    static let settledColumnCount = 18

    private static let joins = """
        LEFT JOIN open_reservations o ON o.org_id = $1 AND o.id = r.id
        LEFT JOIN settlements e ON e.org_id = $1 AND e.reservation_id = r.id AND e.kind = 'end' AND e.opened_at = r.opened_at
        LEFT JOIN settlements l ON l.org_id = $1 AND l.reservation_id = r.id AND l.kind = 'late' AND l.opened_at = r.opened_at
        """

    /// $2 id, opened in [$3, $4).
    static let find = Statement(
        "reservation_find",
        """
        SELECT \(columns) FROM reservations r \(joins)
        WHERE r.org_id = $1 AND r.id = $2 AND r.opened_at >= $3::timestamptz AND r.opened_at < $4::timestamptz
        """
    )

    /// $2 tags that must be there, $3 older than this id, $4 how many.
    static let list = Statement(
        "reservation_list",
        """
        SELECT \(columns) FROM reservations r \(joins)
        WHERE r.org_id = $1 AND r.tags @> $2::jsonb AND ($3::uuid IS NULL OR r.id < $3::uuid)
        ORDER BY r.id DESC LIMIT $4::bigint
        """
    )

    /// The same among the holds that are open.
    static let listOpen = Statement(
        "reservation_list_open",
        """
        SELECT \(columns) FROM open_reservations n
        JOIN reservations r ON r.org_id = $1 AND r.id = n.id
        \(joins)
        WHERE n.org_id = $1 AND r.tags @> $2::jsonb AND ($3::uuid IS NULL OR n.id < $3::uuid)
        ORDER BY n.id DESC LIMIT $4::bigint
        """
    )

    /// A direct charge: $2 id, made in [$3, $4).
    static let findCharge = Statement(
        "reservation_find_charge",
        """
        SELECT \(settled("s")), s.shadow FROM settlements s
        WHERE s.org_id = $1 AND s.reservation_id = $2 AND s.kind = 'direct' AND s.opened_at >= $3::timestamptz AND s.opened_at < $4::timestamptz
        """
    )

    static let identities = Statement(
        "reservation_identities",
        """
        SELECT b.id, b.envelope, b.meter, b.rule, b.names, b."values", b.window_start, b.window_end
        FROM balances b WHERE b.org_id = $1 AND b.id = ANY($2::uuid[])
        """
    )
}
