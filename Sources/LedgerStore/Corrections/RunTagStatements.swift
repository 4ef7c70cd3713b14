internal import Postgres

/// The SQL that tells runs anew whose they are.
enum RunTagStatements {
    static let read = Statement(
        "run_tags_read",
        """
        SELECT f.* FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (
            SELECT u.id, u.run_id, u.top_call, u.common_tags FROM run_usage u WHERE u.org_id = $1 AND u.id = k.id LIMIT 1
        ) f
        """
    )

    /// Calls of the run $2, whose key is $4, $3 at most. OFFSET 0, as in `RunStatements`.
    static let calls = Statement(
        "run_tags_calls",
        """
        SELECT f.id FROM (
            SELECT r.id FROM reservations r
            WHERE r.org_id = $1 AND hashtextextended(r.tags ->> 'run_id', 0) = hashtextextended($2::text, 0) AND r.tags ->> 'run_id' = $2::text
            UNION ALL
            SELECT s.reservation_id FROM settlements s
            WHERE s.org_id = $1 AND s.kind = 'direct' AND hashtextextended(s.tags ->> 'run_id', 0) = hashtextextended($2::text, 0)
              AND s.tags ->> 'run_id' = $2::text
            UNION ALL
            SELECT c.id FROM imported_calls c WHERE c.org_id = $1 AND c.run_key = $4
            OFFSET 0
        ) f LIMIT $3::bigint
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
