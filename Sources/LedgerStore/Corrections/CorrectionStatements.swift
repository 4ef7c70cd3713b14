internal import Postgres

/// The SQL of corrections. Calls are looked up one probe each, as in the write lane: OFFSET 0 keeps the plan from changing.
enum CorrectionStatements {
    // MARK: - What holds for calls

    /// By which corrections the calls $2 were corrected.
    static let ofCalls = Statement(
        "correction_of_calls",
        """
        SELECT f.call_id, f.number FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (SELECT c.call_id, c.number FROM corrected_calls c WHERE c.org_id = $1 AND c.call_id = k.id OFFSET 0) f
        ORDER BY f.number
        """
    )

    static let tags = Statement(
        "correction_tags", "SELECT c.number, c.set_tags, c.removed FROM corrections c WHERE c.org_id = $1 AND c.number = ANY($2::bigint[])")

    /// An imported call, as `UsageStatements.factColumns` has settlements.
    static let importedColumns = """
        c.id, c.at, c.tags - ARRAY['run_id', 'session_id'], c.model, c.tool, c.tags ->> 'run_id', c.tags ->> 'step_name', 'committed', c.status,
        c.latency_ms, CASE WHEN c.tool IS NULL THEN 1 ELSE 0 END::bigint, CASE WHEN c.tool IS NULL THEN 0 ELSE 1 END::bigint, c.cost, c.tokens,
        coalesce(c.input_tokens, 0), coalesce(c.cached_input_tokens, 0), coalesce(c.output_tokens, 0), coalesce(c.reasoning_tokens, 0), NULL::uuid
        """

    /// All settlements of the calls $2, of holds that were opened in [$3, $4), and those that were imported.
    static let facts = Statement(
        "correction_facts",
        """
        SELECT f.* FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (
            SELECT \(UsageStatements.factColumns), coalesce(s.tags, r.tags), s.kind
            FROM settlements s
            LEFT JOIN LATERAL (
                SELECT h.tags, h.key_id FROM reservations h
                WHERE h.org_id = $1 AND h.id = k.id AND s.tags IS NULL AND h.opened_at >= $3::timestamptz AND h.opened_at < $4::timestamptz
                LIMIT 1
            ) r ON true
            WHERE s.org_id = $1 AND s.reservation_id = k.id AND s.opened_at >= $3::timestamptz AND s.opened_at < $4::timestamptz
            UNION ALL
            SELECT \(importedColumns), c.tags, 'imported' FROM imported_calls c WHERE c.org_id = $1 AND c.id = k.id
            OFFSET 0
        ) f
        """
    )

    /// Which of the calls $2, opened in [$3, $4), are holds that nobody settled.
    static let open = Statement(
        "correction_open",
        """
        SELECT f.id, f.tags FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (
            SELECT r.id, r.tags FROM reservations r
            WHERE r.org_id = $1 AND r.id = k.id AND r.opened_at >= $3::timestamptz AND r.opened_at < $4::timestamptz LIMIT 1
        ) f
        """
    )

    /// The settlements that are in no sums yet.
    static let unrolled = Statement(
        "correction_unrolled",
        """
        SELECT f.settled, f.settled_kinds FROM unrolled_batches u
        CROSS JOIN LATERAL (
            SELECT b.settled, b.settled_kinds FROM batches b
            WHERE b.org_id = $1 AND b.id = u.batch_id AND b.committed_at = u.committed_at LIMIT 1
        ) f
        WHERE u.org_id = $1
        """
    )

    // MARK: - Asking

    static let insert = Statement(
        "correction_insert",
        """
        INSERT INTO corrections (org_id, id, number, calls, match, from_at, to_at, set_tags, removed, reason, tags, made_at, author)
        SELECT e.org_id, $2::uuid, $3::bigint, $4::uuid[], $5::jsonb, $6::timestamptz, $7::timestamptz, $8::jsonb, $9::text[], $10::text,
               $11::jsonb, $12::timestamptz, $13::text
        FROM org_epochs e WHERE e.org_id = $1
        """
    )

    /// The horizon is this transaction's own id: whoever got one earlier has a lower one, under way or not.
    static let begin = Statement(
        "correction_begin",
        """
        INSERT INTO correction_progress (org_id, number, state, batch_id, horizon, looked_at, unchanged, calls, settlements, cost, tokens)
        SELECT e.org_id, $2::bigint, 'pending', $3::uuid, pg_current_xact_id()::text::bigint, 0, 0, 0, 0, 0, 0
        FROM org_epochs e WHERE e.org_id = $1
        """
    )

    // MARK: - Working off

    /// Across organisations, without locks: only to find who has something to correct.
    static let due = Statement(
        "correction_due", "SELECT p.org_id FROM correction_progress p WHERE p.state = 'pending' GROUP BY p.org_id LIMIT $1::bigint")

    /// The oldest correction that is not done: up to which batch it was looked for, and whether all that was under way when it was made
    /// has ended.
    static let next = Statement(
        "correction_next",
        """
        SELECT p.number, p.batch_id, p.horizon <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint
        FROM correction_progress p WHERE p.org_id = $1 AND p.state = 'pending' ORDER BY p.number LIMIT 1
        """
    )

    static let byNumber = Statement("correction_by_number", "SELECT \(columns) FROM \(source) WHERE c.org_id = $1 AND c.number = $2")

    static let insertPart = Statement(
        "correction_insert_part",
        """
        INSERT INTO correction_parts (org_id, id, number, calls, applied_at)
        SELECT e.org_id, $2::uuid, $3::bigint, $4::uuid[], $5::timestamptz FROM org_epochs e WHERE e.org_id = $1
        """
    )

    static let insertCalls = Statement(
        "correction_insert_calls",
        """
        INSERT INTO corrected_calls (org_id, call_id, number)
        SELECT e.org_id, d.id, $2::bigint FROM org_epochs e, unnest($3::uuid[]) AS d(id) WHERE e.org_id = $1
        """
    )

    /// Up to the batch $3 of the time $4; what was looked at and corrected is added.
    static let advance = Statement(
        "correction_advance",
        """
        UPDATE correction_progress AS p
        SET batch_id = $3::uuid, reached_at = $4::timestamptz, looked_at = p.looked_at + $5::bigint, unchanged = p.unchanged + $6::bigint,
            calls = p.calls + $7::bigint, settlements = p.settlements + $8::bigint,
            cost = LEAST(p.cost::numeric + $9::bigint, 9223372036854775807)::bigint,
            tokens = LEAST(p.tokens::numeric + $10::bigint, 9223372036854775807)::bigint,
            state = CASE WHEN $11::timestamptz IS NULL THEN 'pending' ELSE 'applied' END, applied_at = $11::timestamptz
        WHERE p.org_id = $1 AND p.number = $2
        """
    )

    // MARK: - Reading

    private static let columns = """
        c.id, c.number, c.calls, c.match, c.from_at, c.to_at, c.set_tags, c.removed, c.reason, c.tags, c.made_at, c.author, p.state,
        p.reached_at, p.looked_at, p.unchanged, p.calls, p.settlements, p.cost, p.tokens, p.applied_at
        """
    private static let source = "corrections c JOIN correction_progress p ON p.org_id = c.org_id AND p.org_id = $1 AND p.number = c.number"

    /// $3/$4 tags of a key: it sees what keys with these tags asked for.
    static let find = Statement(
        "correction_find",
        """
        SELECT \(columns) FROM \(source)
        WHERE c.org_id = $1 AND c.id = $2 AND \(OutcomeStatements.isVisible(names: "$3", values: "$4", in: "c.tags"))
        """
    )

    /// Newest first, older than the correction $2 (NULL: all), $3 how many.
    static let list = Statement(
        "correction_list",
        """
        SELECT \(columns) FROM \(source)
        WHERE c.org_id = $1 AND ($2::uuid IS NULL OR c.number < (SELECT x.number FROM corrections x WHERE x.org_id = $1 AND x.id = $2::uuid))
          AND \(OutcomeStatements.isVisible(names: "$4", values: "$5", in: "c.tags"))
        ORDER BY c.number DESC LIMIT $3::bigint
        """
    )
}
