internal import Postgres

/// The SQL of looking at a run: one agent task, by its `run_id`.
enum RunStatements {
    /// The condition that the indexes of migration 0010 serve; $2 the run, $3 tags that a key is bound to.
    private static func isOfRun(_ alias: String) -> String {
        """
        hashtextextended(\(alias).tags ->> 'run_id', 0) = hashtextextended($2::text, 0) AND \(alias).tags ->> 'run_id' = $2::text
        AND \(alias).tags @> $3::jsonb
        """
    }

    /// The calls of the run, as `facts` and `lastFacts` page them: 0 id, 1 kind, 2 when, 3 cost, 4 tokens, 5 model calls, 6 tool calls (of
    /// a hold what was held). OFFSET 0, so that no plan walks along all calls of the organisation to find those of the run in order.
    private static let calls = """
        SELECT f.* FROM (
            SELECT r.id, 'reservation' AS kind, r.opened_at AS at, r.cost, r.tokens,
                   CASE WHEN r.tool IS NULL THEN 1 ELSE 0 END::bigint AS models, CASE WHEN r.tool IS NULL THEN 0 ELSE 1 END::bigint AS tools
            FROM reservations r WHERE r.org_id = $1 AND \(isOfRun("r"))
            UNION ALL
            SELECT s.reservation_id, 'charge', s.settled_at, s.cost, s.tokens, s.model_calls, s.tool_calls
            FROM settlements s WHERE s.org_id = $1 AND s.kind = 'direct' AND \(isOfRun("s"))
            UNION ALL
            SELECT x.id, 'refusal', x.refused_at, 0, 0, 0, 0 FROM refusals x WHERE x.org_id = $1 AND \(isOfRun("x"))
            OFFSET 0
        ) f
        """

    /// The first $5 calls of the run after the call $4, oldest first.
    static let facts = Statement("run_facts", "\(calls) WHERE f.id > $4 ORDER BY f.id LIMIT $5::bigint")

    /// The last $4 calls of the run, newest first.
    static let lastFacts = Statement("run_last_facts", "\(calls) ORDER BY f.id DESC LIMIT $4::bigint")

    /// What the calls of the run add up to, those up to the call $4 apart: 0 whether they are these, 1 of a refusal its problem, 2 whether
    /// they were admitted, 3 how many, 4 … 7 what was charged, 8 how many holds are open, 9 … 12 what these hold.
    static let totals = Statement(
        "run_totals",
        """
        SELECT f.id <= $4, f.problem, f.is_admitted, sum(f.calls)::bigint, \(total("f.cost")), \(total("f.tokens")), \(total("f.models")),
               \(total("f.tools")), count(*) FILTER (WHERE f.is_open), \(total("f.held_cost")), \(total("f.held_tokens")),
               \(total("f.held_models")), \(total("f.held_tools"))
        FROM (
            SELECT r.id, NULL::text AS problem, true AS is_admitted, CASE WHEN s.kind = 'late' THEN 0 ELSE 1 END AS calls, s.cost, s.tokens,
                   s.model_calls AS models, s.tool_calls AS tools, s.kind IS NULL AS is_open, \(ifOpen("r.cost")) AS held_cost,
                   \(ifOpen("r.tokens")) AS held_tokens, \(ifOpen("CASE WHEN r.tool IS NULL THEN 1 ELSE 0 END")) AS held_models,
                   \(ifOpen("CASE WHEN r.tool IS NULL THEN 0 ELSE 1 END")) AS held_tools
            FROM reservations r
            LEFT JOIN settlements s ON s.org_id = $1 AND s.reservation_id = r.id AND s.opened_at = r.opened_at AND s.kind IN ('end', 'late')
            WHERE r.org_id = $1 AND \(isOfRun("r"))
            UNION ALL
            SELECT s.reservation_id, NULL, true, 1, s.cost, s.tokens, s.model_calls, s.tool_calls, false, 0, 0, 0, 0
            FROM settlements s WHERE s.org_id = $1 AND s.kind = 'direct' AND \(isOfRun("s"))
            UNION ALL
            SELECT x.id, x.problem, false, 1, 0, 0, 0, 0, false, 0, 0, 0, 0 FROM refusals x WHERE x.org_id = $1 AND \(isOfRun("x"))
        ) f GROUP BY f.id <= $4, f.problem, f.is_admitted
        """
    )

    private static func ifOpen(_ value: String) -> String { "CASE WHEN s.kind IS NULL THEN \(value) ELSE 0 END" }

    /// Stays at the largest number that fits.
    private static func total(_ column: String) -> String { "LEAST(coalesce(sum(\(column)), 0), 9223372036854775807)::bigint" }

    /// Among the organisation's latest holds those with the tags $2, and with the key $3 unless it is NULL, newest first, $4 at most:
    /// the columns of `facts`, and the run. How far back is looked is bounded, since no index finds them.
    static let latest = Statement(
        "run_latest",
        """
        SELECT r.id, 'reservation', r.opened_at, r.cost, r.tokens, CASE WHEN r.tool IS NULL THEN 1 ELSE 0 END::bigint,
               CASE WHEN r.tool IS NULL THEN 0 ELSE 1 END::bigint, r.tags ->> 'run_id'
        FROM (SELECT h.* FROM reservations h WHERE h.org_id = $1 ORDER BY h.id DESC LIMIT 20000) r
        WHERE r.org_id = $1 AND r.tags @> $2::jsonb AND ($3::uuid IS NULL OR r.key_id = $3::uuid)
        ORDER BY r.id DESC LIMIT $4::bigint
        """
    )

    /// What the holds $2, opened at $3, were charged, late charges with it; NULL where a hold is open.
    static let charges = Statement(
        "run_charges",
        """
        SELECT k.id, c.cost, c.tokens, c.models, c.tools FROM unnest($2::uuid[], $3::timestamptz[]) AS k(id, at)
        CROSS JOIN LATERAL (
            SELECT sum(s.cost)::bigint AS cost, sum(s.tokens)::bigint AS tokens, sum(s.model_calls)::bigint AS models,
                   sum(s.tool_calls)::bigint AS tools
            FROM settlements s
            WHERE s.org_id = $1 AND s.reservation_id = k.id AND s.kind IN ('end', 'late') AND s.opened_at = k.at
        ) c
        """
    )

    private static func settled(_ alias: String) -> String {
        [
            "state", "cost", "tokens", "model_calls", "tool_calls", "model", "input_tokens", "output_tokens", "cached_input_tokens",
            "cache_write_tokens", "reasoning_tokens", "usage_source", "status", "latency_ms", "route_reason", "state_hash", "reason", "settled_at",
        ].map { "\(alias).\($0)" }.joined(separator: ", ")
    }

    static let settledColumnCount = 18

    /// The holds $2, opened at $3: 0 … 12 the hold, 13 … its end, then its late charge.
    static let holds = Statement(
        "run_holds",
        """
        SELECT r.id, r.opened_at, r.tags, r.step, r.requested_model, r.model, r.tool, r.decision, r.reason, r.state_hash, r.cost, r.tokens,
               r.policy_version, \(settled("e")), \(settled("l"))
        FROM unnest($2::uuid[], $3::timestamptz[]) AS k(id, at)
        CROSS JOIN LATERAL (
            SELECT h.* FROM reservations h WHERE h.org_id = $1 AND h.id = k.id AND h.opened_at = k.at LIMIT 1
        ) r
        LEFT JOIN settlements e ON e.org_id = $1 AND e.reservation_id = r.id AND e.kind = 'end' AND e.opened_at = r.opened_at
        LEFT JOIN settlements l ON l.org_id = $1 AND l.reservation_id = r.id AND l.kind = 'late' AND l.opened_at = r.opened_at
        """
    )

    /// The direct charges $2, made at $3: 0 … 5 the call, 6 … the charge.
    static let directCharges = Statement(
        "run_direct_charges",
        """
        SELECT s.reservation_id, s.opened_at, s.tags, s.step, s.tool, s.policy_version, \(settled("s"))
        FROM unnest($2::uuid[], $3::timestamptz[]) AS k(id, at)
        CROSS JOIN LATERAL (
            SELECT d.* FROM settlements d
            WHERE d.org_id = $1 AND d.reservation_id = k.id AND d.kind = 'direct' AND d.opened_at = k.at LIMIT 1
        ) s
        """
    )

    /// The refusals $2, made at $3.
    static let refusals = Statement(
        "run_refusals",
        """
        SELECT x.id, x.refused_at, x.tags, x.step, x.model, x.tool, x.state_hash, x.problem, x.verdicts, x.policy_version
        FROM unnest($2::uuid[], $3::timestamptz[]) AS k(id, at)
        CROSS JOIN LATERAL (
            SELECT z.* FROM refusals z WHERE z.org_id = $1 AND z.id = k.id AND z.refused_at = k.at LIMIT 1
        ) x
        """
    )

    /// Refused calls of the run's agents without a row of their own, in the minutes from $4 to $5.
    static let uncounted = Statement(
        "run_uncounted_refusals",
        """
        SELECT coalesce(sum(c.refused), 0)::bigint FROM (
            SELECT n.agent_id, sum(n.refused) AS refused FROM refusal_counts n
            WHERE n.org_id = $1 AND n.minute >= $4::timestamptz AND n.minute <= $5::timestamptz GROUP BY n.agent_id
        ) c
        WHERE c.agent_id IN (
            SELECT coalesce(r.tags ->> 'agent_id', '') FROM reservations r WHERE r.org_id = $1 AND \(isOfRun("r"))
            UNION ALL
            SELECT coalesce(s.tags ->> 'agent_id', '') FROM settlements s WHERE s.org_id = $1 AND s.kind = 'direct' AND \(isOfRun("s"))
            UNION ALL
            SELECT coalesce(x.tags ->> 'agent_id', '') FROM refusals x WHERE x.org_id = $1 AND \(isOfRun("x"))
        )
        """
    )

    /// Whatever was suspended of the subjects whose types are $2 and whose ids are $3, newest first; $4 … $7 scope.
    static let suspensions = Statement(
        "run_suspensions",
        """
        SELECT s.id, s.subject_type, s.subject_id, s.rule, s.reason, s.opened_at, s.opened_by FROM suspensions s
        WHERE s.org_id = $1 AND (s.subject_type, s.subject_id) IN (SELECT k.type, k.id FROM unnest($2::text[], $3::text[]) AS k(type, id))
          AND \(SuspensionScope.condition(from: 4))
        ORDER BY s.id DESC LIMIT 50
        """
    )
}
