internal import Postgres

/// The SQL of exports of spending.
enum SpendStatements {
    /// Batches with settlements that were made in [$2, $3), and batches with imported calls of that time, by their ids from $4 (not among
    /// them) to $5; of those with imported calls only how many these are.
    static let batches = Statement(
        "spend_batches",
        """
        SELECT f.id, f.settled, f.settled_kinds, f.imported, f.committed_at FROM (
            (SELECT b.id, b.settled, b.settled_kinds, 0::bigint AS imported, b.committed_at FROM batches b
             WHERE b.org_id = $1 AND b.committed_at >= $2::timestamptz AND b.committed_at < $3::timestamptz AND b.id > $4 AND b.id <= $5
               AND cardinality(b.settled) > 0
             ORDER BY b.id LIMIT $6::bigint)
            UNION ALL
            (SELECT c.batch_id, '{}'::uuid[], '{}'::text[], c.facts, c.committed_at FROM import_chunks c
             WHERE c.org_id = $1 AND c.batch_id > $4 AND c.first_at < $3::timestamptz AND c.last_at >= $2::timestamptz
             ORDER BY c.batch_id LIMIT $6::bigint)
        ) f ORDER BY f.id LIMIT $6::bigint
        """
    )

    /// The calls that the batches $2, written at $3, imported.
    static let importedIDs = Statement(
        "spend_imported_ids",
        """
        SELECT f.id, f.imported FROM unnest($2::uuid[], $3::timestamptz[]) AS k(id, at)
        CROSS JOIN LATERAL (
            SELECT b.id, b.imported FROM batches b
            WHERE b.org_id = $1 AND b.id = k.id AND b.committed_at = k.at AND b.imported IS NOT NULL LIMIT 1
        ) f
        """
    )

    /// The imported calls $2 that were made in [$3, $4), have the tags $5 and took something; with their places in $2.
    static let importedCalls = Statement(
        "spend_imported_calls",
        """
        SELECT k.place, f.* FROM unnest($2::uuid[]) WITH ORDINALITY AS k(id, place)
        CROSS JOIN LATERAL (
            SELECT c.id, c.at, c.model, c.tool, c.tags, c.cost, c.tokens, c.input_tokens, c.output_tokens, c.cached_input_tokens,
                   c.cache_write_tokens, c.reasoning_tokens, c.stated_cost IS NOT NULL, c.status, c.latency_ms
            FROM imported_calls c
            WHERE c.org_id = $1 AND c.id = k.id AND c.at >= $3::timestamptz AND c.at < $4::timestamptz AND c.tags @> $5::jsonb LIMIT 1
        ) f
        ORDER BY k.place
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
