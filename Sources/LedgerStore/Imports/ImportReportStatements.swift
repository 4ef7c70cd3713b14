internal import Postgres

/// The SQL of the report on an import.
enum ImportReportStatements {
    /// The sums of the import $2 after the day $3 and the row $4, $5 at most.
    static let usage = Statement(
        "import_report_usage",
        """
        SELECT u.day, u.id, u.tags, u.model, u.tool, u.calls, u.tool_calls, u.failed, u.cost, u.tokens FROM import_usage u
        WHERE u.org_id = $1 AND u.import_id = $2 AND (u.day, u.id) > ($3::timestamptz, $4::uuid) ORDER BY u.day, u.id LIMIT $5::bigint
        """
    )

    /// All runs of the import: how many, what they add up to, and how long they are.
    static let lengths = Statement(
        "import_report_lengths",
        """
        SELECT count(*), coalesce(sum(u.calls), 0)::bigint, coalesce(sum(u.tool_calls), 0)::bigint, coalesce(sum(u.failed), 0)::bigint,
               LEAST(coalesce(sum(u.cost), 0), 9223372036854775807)::bigint, LEAST(coalesce(sum(u.tokens), 0), 9223372036854775807)::bigint,
               percentile_disc(ARRAY[0.5, 0.99, 0.999, 1]) WITHIN GROUP (ORDER BY u.calls), percentile_disc(0.999) WITHIN GROUP (ORDER BY u.tokens)
        FROM import_runs u WHERE u.org_id = $1 AND u.import_id = $2
        """
    )

    private static let run = "u.id, u.run_id, u.first_at, u.last_at, u.calls, u.tool_calls, u.failed, u.cost, u.tokens, u.tags"

    static let dearest = Statement(
        "import_report_dearest",
        """
        SELECT \(run) FROM import_runs u WHERE u.org_id = $1 AND u.import_id = $2 ORDER BY u.cost DESC, u.id LIMIT $3::bigint
        """
    )

    static let longest = Statement(
        "import_report_longest",
        """
        SELECT \(run) FROM import_runs u WHERE u.org_id = $1 AND u.import_id = $2 ORDER BY u.calls + u.tool_calls DESC, u.id LIMIT $3::bigint
        """
    )

    /// Of each of the runs $2, how often its most frequent call was made again in just the same way; of so many calls of a run at most.
    static let repeats = Statement(
        "import_report_repeats",
        """
        SELECT k.run_key, f.times FROM unnest($2::uuid[]) AS k(run_key)
        CROSS JOIN LATERAL (
            SELECT count(*) AS times FROM (
                SELECT c.* FROM imported_calls c WHERE c.org_id = $1 AND c.run_key = k.run_key AND c.import_id = $3 LIMIT 20000
            ) c
            GROUP BY c.model, c.tool, c.state_hash, c.input_tokens, c.output_tokens, c.tags ->> 'step_name' ORDER BY 1 DESC LIMIT 1
        ) f
        """
    )
}
