internal import Postgres

/// The SQL of what the detectors read: a part of a day a statement, so that none takes long.
enum HistoryStatements {
    /// In [$2, $3); $4 the groups of tags that are looked for, the names of each joined by commas.
    static let calls = Statement(
        "history_calls",
        """
        SELECT u.tags ->> 'agent_id', u.tags ->> 'workflow_name', u.tags ->> 'step_name', u.model, u.tags ->> 'environment',
               array_to_string(ARRAY(SELECT CASE WHEN u.tags ?| string_to_array(g.names, ',') THEN '1' ELSE '0' END
                                     FROM unnest($4::text[]) WITH ORDINALITY AS g(names, n) ORDER BY g.n), ''),
               \(sum("u.calls::numeric + u.tool_calls")), \(sum("u.cost")), \(sum("u.input_tokens")), \(sum("u.output_tokens"))
        FROM usage_hourly u
        WHERE u.org_id = $1 AND u.hour >= $2::timestamptz AND u.hour < $3::timestamptz
        GROUP BY 1, 2, 3, 4, 5, 6
        """
    )

    /// Runs that began in [$2, $3).
    static let runs = Statement(
        "history_runs",
        """
        SELECT r.tags ->> 'agent_id', r.tags ->> 'workflow_name', r.top_model, count(*), \(sum("r.cost")), \(sum("r.tool_calls")),
               min(r.first_at), max(r.first_at)
        FROM run_usage r
        WHERE r.org_id = $1 AND r.first_at >= $2::timestamptz AND r.first_at < $3::timestamptz
        GROUP BY 1, 2, 3
        """
    )

    /// What agents spent in each hour of [$2, $3).
    static let hours = Statement(
        "history_hours",
        """
        SELECT u.tags ->> 'agent_id', u.hour, \(sum("u.cost")), bool_or(u.tags ? 'user_id'), min(u.tags ->> 'workflow_name')
        FROM usage_hourly u
        WHERE u.org_id = $1 AND u.hour >= $2::timestamptz AND u.hour < $3::timestamptz AND u.tags ? 'agent_id'
        GROUP BY 1, 2 HAVING sum(u.cost) > 0
        """
    )

    /// Of the rows in [$2, $3) of the agent $4, workflow $5 and step $6, NULL: of any: how many there are, in a row without
    /// a name; and each tag that has one value in all rows that have it, and how many have it.
    static let commonTags = Statement(
        "history_common_tags",
        """
        SELECT NULL::text, NULL::text, count(*) FROM usage_hourly w WHERE w.org_id = $1 AND \(selection("w"))
        UNION ALL
        SELECT t.key, min(t.value), count(*) FROM usage_hourly u, jsonb_each_text(u.tags) AS t(key, value)
        WHERE u.org_id = $1 AND \(selection("u"))
        GROUP BY t.key HAVING min(t.value) = max(t.value)
        """
    )

    /// The dearest run that began in [$2, $3), of the agent $4, workflow $5; NULL: of any.
    static let dearestRun = Statement(
        "history_dearest_run",
        """
        SELECT r.run_id, r.cost FROM run_usage r
        WHERE r.org_id = $1 AND r.first_at >= $2::timestamptz AND r.first_at < $3::timestamptz
          AND ($4::text IS NULL OR r.tags ->> 'agent_id' = $4::text) AND ($5::text IS NULL OR r.tags ->> 'workflow_name' = $5::text)
        ORDER BY r.cost DESC, r.id LIMIT 1
        """
    )

    private static func sum(_ expression: String) -> String { "LEAST(sum(\(expression)), 9223372036854775807)::bigint" }

    private static func selection(_ alias: String) -> String {
        """
        \(alias).hour >= $2::timestamptz AND \(alias).hour < $3::timestamptz
          AND ($4::text IS NULL OR \(alias).tags ->> 'agent_id' = $4::text)
          AND ($5::text IS NULL OR \(alias).tags ->> 'workflow_name' = $5::text)
          AND ($6::text IS NULL OR \(alias).tags ->> 'step_name' = $6::text)
        """
    }
}
