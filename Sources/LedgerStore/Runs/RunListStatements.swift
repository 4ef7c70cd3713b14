internal import Postgres

/// The SQL of lists of runs.
enum RunListStatements {
    /// $2 tags that all calls of a run have, $3 and $4 tags and model of its dearest, $5 … $6 when it began, $7 the run before the
    /// page (NULL: none), $8 how many, $9 the only run (NULL: any).
    private static func list(by column: String) -> String {
        """
        SELECT u.id, u.run_id, u.first_at, u.last_at, u.cost, u.calls, u.tool_calls, u.failed, u.empty, u.unused, u.input_tokens,
               u.output_tokens, u.top_model, u.top_step, u.tags
        FROM run_usage u
        WHERE u.org_id = $1 AND coalesce(u.common_tags, '{}') @> $2::jsonb AND u.tags @> $3::jsonb AND ($4::text IS NULL OR u.top_model = $4::text)
          AND u.first_at >= $5::timestamptz AND u.first_at < $6::timestamptz AND ($9::text IS NULL OR u.run_id = $9::text)
          AND ($7::uuid IS NULL
               OR (u.\(column), u.id) < (SELECT p.\(column), p.id FROM run_usage p WHERE p.org_id = $1 AND p.id = $7::uuid))
        ORDER BY u.\(column) DESC, u.id DESC LIMIT $8::bigint
        """
    }

    static let recent = Statement("run_list_recent", list(by: "first_at"))
    static let dearest = Statement("run_list_dearest", list(by: "cost"))
}
