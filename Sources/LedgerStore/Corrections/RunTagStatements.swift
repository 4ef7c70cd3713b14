internal import Postgres

/// The SQL that tells runs anew whose they are.
enum RunTagStatements {
    static let read = Statement(
        "run_tags_read",
        """
        SELECT f.* FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (
            SELECT u.id, u.run_id, u.top_call, u.common_tags, u.calls + u.tool_calls + u.unused
            FROM run_usage u WHERE u.org_id = $1 AND u.id = k.id LIMIT 1
        ) f
        """
    )

    /// Calls of each of the runs $2, whose keys are $3, $4 at most of one. OFFSET 0, as in `RunStatements`.
    static let calls = Statement(
        "run_tags_calls",
        """
        SELECT k.run, f.id FROM unnest($2::text[], $3::uuid[]) AS k(run, id)
        CROSS JOIN LATERAL (
            SELECT o.id FROM (
                SELECT r.id FROM reservations r
                WHERE r.org_id = $1 AND hashtextextended(r.tags ->> 'run_id', 0) = hashtextextended(k.run, 0) AND r.tags ->> 'run_id' = k.run
                UNION ALL
                SELECT s.reservation_id FROM settlements s
                WHERE s.org_id = $1 AND s.kind = 'direct' AND hashtextextended(s.tags ->> 'run_id', 0) = hashtextextended(k.run, 0)
                  AND s.tags ->> 'run_id' = k.run
                UNION ALL
                SELECT c.id FROM imported_calls c WHERE c.org_id = $1 AND c.run_key = k.id
                OFFSET 0
            ) o LIMIT $4::bigint
        ) f
        """
    )

    static let write = Statement(
        "run_tags_write",
        """
        UPDATE run_usage AS u SET tags = d.tags, common_tags = d.common, top_step = d.step
        FROM unnest($2::uuid[], $3::jsonb[], $4::jsonb[], $5::text[]) AS d(id, tags, common, step)
        WHERE u.org_id = $1 AND u.id = d.id
        """
    )
}
