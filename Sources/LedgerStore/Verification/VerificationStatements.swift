internal import Ledger
internal import Postgres

/// The pages that a verification reads, each a transaction of its own.
enum VerificationStatements {
    static let pageSize: Int64 = 5_000

    static let balances = Statement(
        "verify_balances",
        """
        SELECT b.id, b.envelope, b.rule, b.meter, b.limit_amount, b.held, b.spent, b.version, b.last_fact, b.changed_at, b.adjusted
        FROM balances b
        WHERE b.org_id = $1 AND b.id > $2 ORDER BY b.id LIMIT $3::bigint
        """
    )

    static let reservations = Statement(
        "verify_reservations",
        """
        SELECT r.id, r.balances, r.amounts, r.versions, r.held, r.spent, r.limits, r.previous, r.policy_version, r.cost, r.tokens, r.tool IS NOT NULL
        FROM reservations r
        WHERE r.org_id = $1 AND r.id > $2 ORDER BY r.id LIMIT $3::bigint
        """
    )

    static let settlements = Statement(
        "verify_settlements",
        """
        SELECT s.reservation_id, s.balances, s.held_changes, s.versions, s.held, s.spent, s.limits, s.previous, s.kind, s.charges,
               s.cost, s.tokens, s.model_calls, s.tool_calls,
               s.kind <> 'direct' AND NOT EXISTS (
                   SELECT FROM reservations r WHERE r.org_id = $1 AND r.id = s.reservation_id AND r.opened_at = s.opened_at),
               s.settled_at
        FROM settlements s
        WHERE s.org_id = $1 AND (s.reservation_id, s.kind) > ($2, $4::text) ORDER BY s.reservation_id, s.kind LIMIT $3::bigint
        """
    )

    static let adjustments = Statement(
        "verify_adjustments",
        """
        SELECT a.id, a.balance_id, a.version, a.held, a.spent, a.limits, a.previous, a.amount, a.kind = 'grant', a.source,
               coalesce(d.state = 'approved' AND d.amount = a.amount AND d.scope = a.balance_id, false)
        FROM adjustments a
        LEFT JOIN approval_decisions d ON d.org_id = a.org_id AND d.org_id = $1 AND d.approval_id = a.source AND a.kind = 'grant'
        WHERE a.org_id = $1 AND a.id > $2 ORDER BY a.id LIMIT $3::bigint
        """
    )

    static let approvals = Statement(
        "verify_approvals",
        """
        SELECT d.approval_id, d.scope, d.amount FROM approval_decisions d
        WHERE d.org_id = $1 AND d.approval_id > $2 AND d.state = 'approved' ORDER BY d.approval_id LIMIT $3::bigint
        """
    )

    /// Of one page of holds those whose end does not fit, and the last id of the page (with a NULL fault).
    static let ends = Statement(
        "verify_ends",
        """
        WITH page AS MATERIALIZED (
            SELECT r.id, r.opened_at, r.balances, r.amounts FROM reservations r
            WHERE r.org_id = $1 AND r.id > $2 ORDER BY r.id LIMIT $3::bigint
        )
        SELECT p.id, CASE
            WHEN e.reservation_id IS NULL AND o.id IS NULL THEN 'has neither ended nor is it open'
            WHEN e.reservation_id IS NOT NULL AND o.id IS NOT NULL THEN 'has ended and is open'
            WHEN l.reservation_id IS NOT NULL AND (e.reservation_id IS NULL OR e.state = 'committed') THEN 'has a late charge that it must not have'
            WHEN e.balances <> p.balances THEN 'ended on other balances than it was opened on'
            WHEN e.held_changes <> (SELECT coalesce(array_agg(-a.amount ORDER BY a.n), '{}') FROM unnest(p.amounts) WITH ORDINALITY AS a(amount, n))
                THEN 'did not give back what it held'
            END
        FROM page p
        LEFT JOIN open_reservations o ON o.org_id = $1 AND o.id = p.id
        LEFT JOIN settlements e ON e.org_id = $1 AND e.reservation_id = p.id AND e.kind = 'end' AND e.opened_at = p.opened_at
        LEFT JOIN settlements l ON l.org_id = $1 AND l.reservation_id = p.id AND l.kind = 'late' AND l.opened_at = p.opened_at
        ORDER BY p.id
        """
    )

    /// Open holds without a fact, or with another amount than it says.
    static let strayOpen = Statement(
        "verify_stray_open",
        """
        WITH page AS MATERIALIZED (
            SELECT o.id, o.cost FROM open_reservations o WHERE o.org_id = $1 AND o.id > $2 ORDER BY o.id LIMIT $3::bigint
        )
        SELECT p.id, CASE
            WHEN r.id IS NULL THEN 'is open but was never reserved'
            WHEN p.cost <> r.cost THEN 'is open with another amount than it holds'
            END
        FROM page p LEFT JOIN reservations r ON r.org_id = $1 AND r.id = p.id
        ORDER BY p.id
        """
    )

    /// The first batch that waits for its roll-up, the database's time, and a test clock's where there is one.
    static let rolledUntil = Statement(
        "verify_rolled_until",
        """
        SELECT min(u.committed_at), clock_timestamp(), (SELECT t.now FROM test_clock t WHERE t.id = 1) FROM unrolled_batches u WHERE u.org_id = $1
        """
    )

    /// The hours from $2 on and before $3 in the sums, in their order: what the hour's row says, what its parts add up to, and what of it
    /// was imported. All at one moment, since an import adds to hours that are long over.
    static let usageHours = Statement(
        "verify_usage_hours",
        """
        SELECT h.hour, h.facts, h.calls, h.tool_calls, h.cost, h.tokens, p.calls, p.tool_calls, p.cost, p.tokens, m.facts, m.calls, m.tool_calls,
               m.cost, m.tokens
        FROM (SELECT x.* FROM usage_hours x WHERE x.org_id = $1 AND x.hour >= $2::timestamptz AND x.hour < $3::timestamptz
              ORDER BY x.hour LIMIT $4::bigint) h
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(u.calls), 0)::bigint AS calls, LEAST(coalesce(sum(u.tool_calls), 0), 9223372036854775807)::bigint AS tool_calls,
                   LEAST(coalesce(sum(u.cost), 0), 9223372036854775807)::bigint AS cost,
                   LEAST(coalesce(sum(u.tokens), 0), 9223372036854775807)::bigint AS tokens
            FROM usage_hourly u WHERE u.org_id = $1 AND u.hour = h.hour
        ) p
        CROSS JOIN LATERAL (
            SELECT count(*) AS facts, count(*) FILTER (WHERE c.tool IS NULL) AS calls, count(*) FILTER (WHERE c.tool IS NOT NULL) AS tool_calls,
                   \(total("c.cost")) AS cost, \(total("c.tokens")) AS tokens
            FROM imported_calls c WHERE c.org_id = $1 AND c.at >= h.hour AND c.at < h.hour + interval '1 hour'
        ) m ORDER BY h.hour
        """
    )

    /// The next $4 days of UTC in [$2, $3) that sum up what their hours sum up, with the sums of both.
    static let usageDays = Statement(
        "verify_usage_days",
        """
        SELECT d.day, p.calls, p.tool_calls, p.cost, p.tokens, q.calls, q.tool_calls, q.cost, q.tokens, q.facts = d.facts
        FROM (SELECT x.* FROM usage_days x WHERE x.org_id = $1 AND x.day >= $2::timestamptz AND x.day < $3::timestamptz
              ORDER BY x.day LIMIT $4::bigint) d
        CROSS JOIN LATERAL (
            SELECT \(total("u.calls")) AS calls, \(total("u.tool_calls")) AS tool_calls, \(total("u.cost")) AS cost,
                   \(total("u.tokens")) AS tokens
            FROM usage_daily u WHERE u.org_id = $1 AND u.day = d.day
        ) p
        CROSS JOIN LATERAL (
            SELECT \(total("h.calls")) AS calls, \(total("h.tool_calls")) AS tool_calls, \(total("h.cost")) AS cost,
                   \(total("h.tokens")) AS tokens, coalesce(sum(h.facts), 0) AS facts
            FROM usage_hours h WHERE h.org_id = $1 AND h.hour >= d.day AND h.hour < d.day + interval '24 hours'
        ) q ORDER BY d.day
        """
    )

    /// The imported calls after $2, $3 at most.
    static let importedCalls = Statement(
        "verify_imported_calls",
        """
        SELECT c.id, c.import_id, c.cost, c.tokens FROM imported_calls c WHERE c.org_id = $1 AND c.id > $2 ORDER BY c.id LIMIT $3::bigint
        """
    )

    /// What every import that is not being read says of itself, and what its own sums add up to.
    static let imports = Statement(
        "verify_imports",
        """
        SELECT p.import_id, p.attempt, p.taken, p.cost, p.tokens, s.taken, s.cost, s.tokens FROM import_progress p
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(u.calls + u.tool_calls), 0)::bigint AS taken, \(total("u.cost")) AS cost, \(total("u.tokens")) AS tokens
            FROM import_usage u WHERE u.org_id = $1 AND u.import_id = p.import_id
        ) s
        WHERE p.org_id = $1 AND p.state <> 'reading' AND p.import_id > $2 ORDER BY p.import_id LIMIT $3::bigint
        """
    )

    private static func total(_ expression: String) -> String { "LEAST(coalesce(sum(\(expression)), 0), 9223372036854775807)::bigint" }

    static func page(_ organisation: Identifier, after: Identifier) -> Parameters {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(after)
        parameters.int8(pageSize)
        return parameters
    }
}
