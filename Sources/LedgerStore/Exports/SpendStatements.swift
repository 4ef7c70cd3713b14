internal import Postgres

/// The SQL of exports of spending.
enum SpendStatements {
    /// Batches with settlements that were made in [$2, $3), by their ids from $4 (not among them) to $5.
    static let batches = Statement(
        "spend_batches",
        """
        SELECT b.id, b.settled, b.settled_kinds FROM batches b
        WHERE b.org_id = $1 AND b.committed_at >= $2::timestamptz AND b.committed_at < $3::timestamptz AND b.id > $4 AND b.id <= $5
          AND cardinality(b.settled) > 0
        ORDER BY b.id LIMIT $6::bigint
        """
    )

    /// The settlements $2 of the kinds $3, of holds that were opened in [$4, $5), whose calls have the tags $6 and that took
    /// something; with their places in $2.
    static let facts = Statement(
        "spend_facts",
        """
        SELECT k.place, f.* FROM unnest($2::uuid[], $3::text[]) WITH ORDINALITY AS k(id, kind, place)
        CROSS JOIN LATERAL (
            SELECT s.reservation_id, s.kind, s.state, s.opened_at, s.settled_at, coalesce(s.model, r.model), coalesce(s.tool, r.tool),
                   coalesce(s.tags, r.tags), coalesce(s.step, r.step), s.cost, s.tokens, s.model_calls, s.tool_calls, s.input_tokens,
                   s.output_tokens, s.cached_input_tokens, s.cache_write_tokens, s.reasoning_tokens, s.stated_cost IS NOT NULL,
                   s.usage_source, s.status, s.latency_ms, s.route_reason, s.policy_version
            FROM settlements s
            LEFT JOIN LATERAL (
                SELECT h.tags, h.model, h.tool, h.step FROM reservations h
                WHERE h.org_id = $1 AND h.id = k.id AND s.kind <> 'direct' AND h.opened_at >= $4::timestamptz AND h.opened_at < $5::timestamptz
                LIMIT 1
            ) r ON true
            WHERE s.org_id = $1 AND s.reservation_id = k.id AND s.kind = k.kind
              AND s.opened_at >= $4::timestamptz AND s.opened_at < $5::timestamptz
              AND coalesce(s.tags, r.tags, '{}'::jsonb) @> $6::jsonb
              AND (s.cost > 0 OR s.tokens > 0 OR s.model_calls > 0 OR s.tool_calls > 0)
            LIMIT 1
        ) f
        ORDER BY k.place
        """
    )
}
