internal import Postgres

/// The SQL of reports: from the sums of usage and the open holds, never from settlements.
enum ReportStatements {
    /// In the hours [$2, $3): by which of the bounds $4 comes before, by the tags $5, the model if $6 and the tool if $7. Of calls with
    /// the tags $8 and none of the tags $9, of the model $10 and tool $11 (NULL: any, empty: none). A tag that is absent is empty.
    static let hourly = Statement(
        "report_hourly",
        """
        SELECT width_bucket(u.hour, $4::timestamptz[]), \(cells) FROM usage_hourly u
        WHERE u.org_id = $1 AND u.hour >= $2::timestamptz AND u.hour < $3::timestamptz AND \(selection) GROUP BY 1, 2, 3, 4
        """
    )

    /// The same in the days of UTC [$2, $3).
    static let daily = Statement(
        "report_daily",
        """
        SELECT width_bucket(u.day, $4::timestamptz[]), \(cells) FROM usage_daily u
        WHERE u.org_id = $1 AND u.day >= $2::timestamptz AND u.day < $3::timestamptz AND \(selection) GROUP BY 1, 2, 3, 4
        """
    )

    private static let cells = """
        ARRAY(SELECT coalesce(u.tags ->> k.name, '') FROM unnest($5::text[]) AS k(name)),
        CASE WHEN $6::boolean THEN u.model END, CASE WHEN $7::boolean THEN u.tool END, \(sums)
        """
    private static let selection = """
        u.tags @> $8::jsonb AND NOT u.tags ?| $9::text[] AND ($10::text IS NULL OR coalesce(u.model, '') = $10::text)
        AND ($11::text IS NULL OR coalesce(u.tool, '') = $11::text)
        """

    /// The days of UTC in [$2, $3) that have sums of their own.
    static let days = Statement(
        "report_days",
        """
        SELECT d.day, d.rows, d.facts FROM usage_days d
        WHERE d.org_id = $1 AND d.day >= $2::timestamptz AND d.day < $3::timestamptz ORDER BY d.day
        """
    )

    /// What all calls of the hours [$2, $3) cost, by which of the bounds $4 comes before.
    static let costs = Statement(
        "report_costs",
        """
        SELECT width_bucket(h.hour, $4::timestamptz[]), \(sum("h.cost"))
        FROM usage_hours h WHERE h.org_id = $1 AND h.hour >= $2::timestamptz AND h.hour < $3::timestamptz GROUP BY 1
        """
    )

    /// The next $3 holds that are open after the id $2: by the tags $4, the model if $5 and the tool if $6 what is held, and whether the
    /// filter of `usage`, $7 … $10, selects it; opened in [$11, $12).
    static let held = Statement(
        "report_held",
        """
        SELECT n.id, ARRAY(SELECT coalesce(r.tags ->> k.name, '') FROM unnest($4::text[]) AS k(name)),
               CASE WHEN $5::boolean THEN r.model END, CASE WHEN $6::boolean THEN r.tool END, coalesce(r.cost, 0),
               coalesce(r.tags @> $7::jsonb AND NOT r.tags ?| $8::text[] AND ($9::text IS NULL OR coalesce(r.model, '') = $9::text)
                            AND ($10::text IS NULL OR coalesce(r.tool, '') = $10::text), false)
        FROM (SELECT o.id FROM open_reservations o WHERE o.org_id = $1 AND o.id > $2 ORDER BY o.id LIMIT $3::bigint) n
        LEFT JOIN LATERAL (
            SELECT h.tags, h.model, h.tool, h.cost FROM reservations h
            WHERE h.org_id = $1 AND h.id = n.id AND h.opened_at >= $11::timestamptz AND h.opened_at < $12::timestamptz LIMIT 1
        ) r ON true
        ORDER BY n.id
        """
    )

    /// The runs that began in [$2, $3) with the tags $4, by agent: how many, and what they cost.
    static let runs = Statement(
        "report_runs",
        """
        SELECT r.tags ->> 'agent_id', count(*), \(sum("r.cost"))
        FROM run_usage r
        WHERE r.org_id = $1 AND r.first_at >= $2::timestamptz AND r.first_at < $3::timestamptz AND r.tags @> $4::jsonb
          AND NOT r.tags ?| $5::text[] AND r.tags ? 'agent_id'
        GROUP BY 1
        """
    )

    /// Settlements that are not in the sums yet, as far as they are counted.
    static let waiting = Statement(
        "report_waiting",
        """
        SELECT coalesce(sum(w.facts), 0)::bigint
        FROM (SELECT u.facts FROM unrolled_batches u WHERE u.org_id = $1 ORDER BY u.batch_id LIMIT 10000) w
        """
    )

    static let sums = [
        "u.calls", "u.tool_calls", "u.failed", "u.empty", "u.unused", "u.cost", "u.tokens", "u.input_tokens", "u.cached_tokens",
        "u.output_tokens", "u.reasoning_tokens", "u.latency_ms", "u.timed",
    ].map(sum).joined(separator: ", ")

    static func sum(_ expression: String) -> String { "LEAST(sum(\(expression)), 9223372036854775807)::bigint" }
}
