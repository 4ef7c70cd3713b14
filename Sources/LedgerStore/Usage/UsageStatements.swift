internal import Postgres

/// The SQL of the roll-up. Rows are looked up one probe a row, as in the write lane, since plans are made once and kept.
enum UsageStatements {
    /// Across organisations, without locks: only to find who has something to add.
    static let due = Statement("usage_due", "SELECT u.org_id FROM unrolled_batches u GROUP BY u.org_id LIMIT $1::bigint")

    static let waiting = Statement(
        "usage_waiting",
        "SELECT u.batch_id, u.facts FROM unrolled_batches u WHERE u.org_id = $1 ORDER BY u.batch_id LIMIT $2::bigint"
    )

    /// Whoever deletes the row has the batch; another who waited for it finds nothing. $2 ids, from $3 to $4.
    static let claim = Statement(
        "usage_claim",
        """
        DELETE FROM unrolled_batches WHERE org_id = $1 AND batch_id = ANY($2::uuid[]) AND batch_id >= $3 AND batch_id <= $4
        RETURNING batch_id, committed_at
        """
    )

    static let batches = Statement(
        "usage_batches",
        """
        SELECT f.settled, f.settled_kinds FROM unnest($2::uuid[], $3::timestamptz[]) AS k(id, at)
        CROSS JOIN LATERAL (
            SELECT b.settled, b.settled_kinds FROM batches b
            WHERE b.org_id = $1 AND b.id = k.id AND b.committed_at = k.at LIMIT 1
        ) f
        """
    )

    /// What `UsageFact` reads.
    static let factColumns = """
        s.reservation_id, s.settled_at, coalesce(s.tags, r.tags) - ARRAY['run_id', 'session_id'], s.model, s.tool,
        coalesce(s.tags, r.tags) ->> 'run_id', coalesce(s.tags, r.tags) ->> 'step_name', s.state, s.status, s.latency_ms,
        s.model_calls, s.tool_calls, s.cost, s.tokens, coalesce(s.input_tokens, 0), coalesce(s.cached_input_tokens, 0),
        coalesce(s.output_tokens, 0), coalesce(s.reasoning_tokens, 0), coalesce(r.key_id, s.key_id)
        """

    /// The settlements $2 of the kinds $3, of holds that were opened in [$4, $5); a direct charge has tags of its own.
    static let facts = Statement(
        "usage_facts",
        """
        SELECT f.* FROM unnest($2::uuid[], $3::text[]) AS k(id, kind)
        CROSS JOIN LATERAL (
            SELECT \(factColumns)
            FROM settlements s
            LEFT JOIN LATERAL (
                SELECT h.tags, h.key_id FROM reservations h
                WHERE h.org_id = $1 AND h.id = k.id AND s.tags IS NULL AND h.opened_at >= $4::timestamptz AND h.opened_at < $5::timestamptz
                LIMIT 1
            ) r ON true
            WHERE s.org_id = $1 AND s.reservation_id = k.id AND s.kind = k.kind
              AND s.opened_at >= $4::timestamptz AND s.opened_at < $5::timestamptz
            LIMIT 1
        ) f
        """
    )

    /// Which of the rows $3 in the hours $2 are there.
    static let known = Statement(
        "usage_known",
        """
        SELECT f.hour, f.id FROM unnest($2::timestamptz[], $3::uuid[]) AS k(hour, id)
        CROSS JOIN LATERAL (
            SELECT u.hour, u.id FROM usage_hourly u WHERE u.org_id = $1 AND u.hour = k.hour AND u.id = k.id LIMIT 1
        ) f
        """
    )

    /// Which of the rows $3 in the days $2 are there.
    static let knownDaily = Statement(
        "usage_known_daily",
        """
        SELECT f.day, f.id FROM unnest($2::timestamptz[], $3::uuid[]) AS k(day, id)
        CROSS JOIN LATERAL (
            SELECT u.day, u.id FROM usage_daily u WHERE u.org_id = $1 AND u.day = k.day AND u.id = k.id LIMIT 1
        ) f
        """
    )

    static let rowCounts = Statement(
        "usage_row_counts", "SELECT h.hour, h.rows FROM usage_hours h WHERE h.org_id = $1 AND h.hour = ANY($2::timestamptz[])")

    static let addHourly = Statement(
        "usage_add_hourly",
        """
        INSERT INTO usage_hourly AS u (org_id, hour, id, tags, model, tool, calls, tool_calls, failed, empty, unused, cost, tokens,
                                       input_tokens, cached_tokens, output_tokens, reasoning_tokens, latency_ms, timed)
        SELECT e.org_id, d.* FROM org_epochs e,
             unnest($2::timestamptz[], $3::uuid[], $4::jsonb[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[],
                    $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[],
                    $18::bigint[], $19::bigint[])
             AS d(hour, id, tags, model, tool, calls, tool_calls, failed, empty, unused, cost, tokens, input_tokens, cached_tokens,
                  output_tokens, reasoning_tokens, latency_ms, timed)
        WHERE e.org_id = $1
        ON CONFLICT (org_id, hour, id) DO UPDATE
        SET calls = u.calls + excluded.calls, tool_calls = \(sum("tool_calls")), failed = u.failed + excluded.failed,
            empty = u.empty + excluded.empty, unused = u.unused + excluded.unused, cost = \(sum("cost")), tokens = \(sum("tokens")),
            input_tokens = \(sum("input_tokens")), cached_tokens = \(sum("cached_tokens")), output_tokens = \(sum("output_tokens")),
            reasoning_tokens = \(sum("reasoning_tokens")), latency_ms = \(sum("latency_ms")), timed = u.timed + excluded.timed
        """
    )

    static let addDaily = Statement(
        "usage_add_daily",
        """
        INSERT INTO usage_daily AS u (org_id, day, id, tags, model, tool, calls, tool_calls, failed, empty, unused, cost, tokens,
                                       input_tokens, cached_tokens, output_tokens, reasoning_tokens, latency_ms, timed)
        SELECT e.org_id, d.* FROM org_epochs e,
             unnest($2::timestamptz[], $3::uuid[], $4::jsonb[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[],
                    $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[],
                    $18::bigint[], $19::bigint[])
             AS d(day, id, tags, model, tool, calls, tool_calls, failed, empty, unused, cost, tokens, input_tokens, cached_tokens,
                  output_tokens, reasoning_tokens, latency_ms, timed)
        WHERE e.org_id = $1
        ON CONFLICT (org_id, day, id) DO UPDATE
        SET calls = u.calls + excluded.calls, tool_calls = \(sum("tool_calls")), failed = u.failed + excluded.failed,
            empty = u.empty + excluded.empty, unused = u.unused + excluded.unused, cost = \(sum("cost")), tokens = \(sum("tokens")),
            input_tokens = \(sum("input_tokens")), cached_tokens = \(sum("cached_tokens")), output_tokens = \(sum("output_tokens")),
            reasoning_tokens = \(sum("reasoning_tokens")), latency_ms = \(sum("latency_ms")), timed = u.timed + excluded.timed
        """
    )

    static let addHours = Statement(
        "usage_add_hours",
        """
        INSERT INTO usage_hours AS u (org_id, hour, facts, rows, calls, tool_calls, cost, tokens)
        SELECT e.org_id, d.* FROM org_epochs e,
             unnest($2::timestamptz[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
             AS d(hour, facts, rows, calls, tool_calls, cost, tokens)
        WHERE e.org_id = $1
        ON CONFLICT (org_id, hour) DO UPDATE
        SET facts = u.facts + excluded.facts, rows = u.rows + excluded.rows, calls = u.calls + excluded.calls,
            tool_calls = \(sum("tool_calls")), cost = \(sum("cost")), tokens = \(sum("tokens"))
        """
    )

    static let addDays = Statement(
        "usage_add_days",
        """
        INSERT INTO usage_days AS u (org_id, day, facts, rows)
        SELECT e.org_id, d.* FROM org_epochs e, unnest($2::timestamptz[], $3::bigint[], $4::bigint[]) AS d(day, facts, rows)
        WHERE e.org_id = $1
        ON CONFLICT (org_id, day) DO UPDATE SET facts = u.facts + excluded.facts, rows = u.rows + excluded.rows
        """
    )

    static let addSlices = Statement(
        "usage_add_slices",
        """
        INSERT INTO usage_slices AS u (org_id, slice, id, agent_id, tags, model, tool, tool_calls, cost, tokens)
        SELECT e.org_id, d.* FROM org_epochs e,
             unnest($2::timestamptz[], $3::uuid[], $4::text[], $5::jsonb[], $6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::bigint[])
             AS d(slice, id, agent_id, tags, model, tool, tool_calls, cost, tokens)
        WHERE e.org_id = $1
        ON CONFLICT (org_id, slice, id) DO UPDATE
        SET tool_calls = \(sum("tool_calls")), cost = \(sum("cost")), tokens = \(sum("tokens"))
        """
    )

    static let addRuns = Statement(
        "usage_add_runs",
        """
        INSERT INTO run_usage AS u (org_id, id, run_id, first_at, last_at, calls, tool_calls, failed, empty, unused, cost, input_tokens,
                                    output_tokens, top_cost, top_call, top_model, top_step, tags, common_tags)
        SELECT e.org_id, d.* FROM org_epochs e,
             unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[],
                    $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::uuid[], $16::text[], $17::text[],
                    $18::jsonb[], $19::jsonb[])
             AS d(id, run_id, first_at, last_at, calls, tool_calls, failed, empty, unused, cost, input_tokens, output_tokens, top_cost,
                  top_call, top_model, top_step, tags, common_tags)
        WHERE e.org_id = $1
        ON CONFLICT (org_id, id) DO UPDATE
        SET first_at = LEAST(u.first_at, excluded.first_at), last_at = GREATEST(u.last_at, excluded.last_at),
            calls = u.calls + excluded.calls, tool_calls = \(sum("tool_calls")), failed = u.failed + excluded.failed,
            empty = u.empty + excluded.empty, unused = u.unused + excluded.unused, cost = \(sum("cost")),
            input_tokens = \(sum("input_tokens")), output_tokens = \(sum("output_tokens")),
            top_cost = \(dearer("top_cost")), top_call = \(dearer("top_call")), top_model = \(dearer("top_model")),
            top_step = \(dearer("top_step")), tags = \(dearer("tags")),
            common_tags = (SELECT coalesce(jsonb_object_agg(c.key, c.value), '{}') FROM jsonb_each(u.common_tags) AS c(key, value)
                           WHERE excluded.common_tags -> c.key = c.value)
        """
    )

    /// Stays at the largest number that fits: one absurd amount must not stop the sums of an organisation.
    private static func sum(_ column: String) -> String {
        "LEAST(u.\(column)::numeric + excluded.\(column), 9223372036854775807)::bigint"
    }

    private static func dearer(_ column: String) -> String {
        "CASE WHEN (excluded.top_cost, excluded.top_call) > (u.top_cost, u.top_call) THEN excluded.\(column) ELSE u.\(column) END"
    }
}
