internal import Postgres

/// The SQL of reports: from the sums of usage and the open holds, never from settlements.
enum ReportStatements {
    /// In the hours [$2, $3): by which of the bounds $4 comes before, by the tags $5, the model if $6 and the tool if $7. Of calls with
    /// the tags $8 and none of the tags $9, of the model $10 and tool $11 (NULL: any, empty: none). A tag that is absent is empty.
    static let hourly = rowByRow("report_hourly", "usage_hourly", "hour")
    /// The same in the days of UTC [$2, $3).
    static let daily = rowByRow("report_daily", "usage_daily", "day")

    /// The same again, in a fraction of the time where many hours or days lie between two bounds: rows are added up before their tags
    /// are looked at.
    static let hourlyByBound = byBound("report_hourly_by_bound", "usage_hourly", "hour")
    static let dailyByBound = byBound("report_daily_by_bound", "usage_daily", "day")

    private static func rowByRow(_ name: String, _ table: String, _ time: String) -> Statement {
        Statement(
            name,
            """
            SELECT width_bucket(u.\(time), $4::timestamptz[]), \(names),
                   CASE WHEN $6::boolean THEN u.model END, CASE WHEN $7::boolean THEN u.tool END, \(sums)
            FROM \(table) u
            WHERE u.org_id = $1 AND u.\(time) >= $2::timestamptz AND u.\(time) < $3::timestamptz AND \(selection(from: 8)) GROUP BY 1, 2, 3, 4
            """
        )
    }

    /// Rows of one id have their tags, model and tool in common.
    private static func byBound(_ name: String, _ table: String, _ time: String) -> Statement {
        Statement(
            name,
            """
            WITH added AS MATERIALIZED (
                SELECT width_bucket(r.\(time), $4::timestamptz[]) AS bound, r.id, min(r.\(time)) AS first,
                       \(columns.map { "sum(r.\($0)) AS \($0)" }.joined(separator: ", "))
                FROM \(table) r
                WHERE r.org_id = $1 AND r.\(time) >= $2::timestamptz AND r.\(time) < $3::timestamptz GROUP BY 1, 2
            ), keys AS MATERIALIZED (
                SELECT a.id, \(names) AS names, CASE WHEN $6::boolean THEN u.model END AS model, CASE WHEN $7::boolean THEN u.tool END AS tool
                FROM (SELECT x.id, min(x.first) AS first FROM added x GROUP BY 1) a
                CROSS JOIN LATERAL (
                    SELECT d.tags, d.model, d.tool FROM \(table) d WHERE d.org_id = $1 AND d.\(time) = a.first AND d.id = a.id LIMIT 1
                ) u
                WHERE \(selection(from: 8))
            )
            SELECT u.bound, k.names, k.model, k.tool, \(sums) FROM added u JOIN keys k ON k.id = u.id GROUP BY 1, 2, 3, 4
            """
        )
    }

    private static let names = "ARRAY(SELECT coalesce(u.tags ->> k.name, '') FROM unnest($5::text[]) AS k(name))"

    private static func selection(from first: Int) -> String {
        """
        u.tags @> $\(first)::jsonb AND NOT u.tags ?| $\(first + 1)::text[]
        AND ($\(first + 2)::text IS NULL OR coalesce(u.model, '') = $\(first + 2)::text)
        AND ($\(first + 3)::text IS NULL OR coalesce(u.tool, '') = $\(first + 3)::text)
        """
    }

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

    /// Open holds by their groups: whether it is one, the last hold of it, what all of its holds hold, and their number. At most $2 groups.
    static let heldGroups = Statement(
        "report_held_groups",
        """
        SELECT o.group_key IS NOT NULL, (max(ARRAY[o.id]))[1], coalesce(\(sum("o.cost")), 0), count(*) FROM open_reservations o
        WHERE o.org_id = $1 GROUP BY o.group_key LIMIT $2::bigint
        """
    )

    /// The next $4 open holds after the id $2: all of them, or those that have no group.
    static let openHolds = Statement(
        "report_open_holds",
        """
        SELECT o.id FROM open_reservations o
        WHERE o.org_id = $1 AND o.id > $2 AND ($3::boolean OR o.group_key IS NULL) ORDER BY o.id LIMIT $4::bigint
        """
    )

    /// What the holds $11, opened in [$9, $10), stand for: $12, or what they hold where that is NULL; by the tags $2, the model if $3 and
    /// the tool if $4, of those that the filter of `usage`, $5 … $8, selects.
    static let held = Statement(
        "report_held",
        """
        SELECT ARRAY(SELECT coalesce(u.tags ->> k.name, '') FROM unnest($2::text[]) AS k(name)),
               CASE WHEN $3::boolean THEN u.model END, CASE WHEN $4::boolean THEN u.tool END, \(sum("coalesce(n.cost, u.cost)"))
        FROM unnest($11::uuid[], $12::bigint[]) AS n(id, cost)
        CROSS JOIN LATERAL (
            SELECT h.tags, h.model, h.tool, h.cost FROM reservations h
            WHERE h.org_id = $1 AND h.id = n.id AND h.opened_at >= $9::timestamptz AND h.opened_at < $10::timestamptz LIMIT 1
        ) u
        WHERE \(selection(from: 5)) GROUP BY 1, 2, 3
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

    private static let columns = [
        "calls", "tool_calls", "failed", "empty", "unused", "cost", "tokens", "input_tokens", "cached_tokens", "output_tokens",
        "reasoning_tokens", "latency_ms", "timed",
    ]
    static let sums = columns.map { sum("u.\($0)") }.joined(separator: ", ")

    static func sum(_ expression: String) -> String { "LEAST(sum(\(expression)), 9223372036854775807)::bigint" }
}
