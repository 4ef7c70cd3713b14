internal import Postgres

/// The SQL of alerts: reading them, what they tell beside their event, and what becomes of them.
enum AlertStatements {
    /// Who spends from a balance that several share is shown to none of them.
    private static func columns(names: String, values: String) -> String {
        """
        v.id, v.envelope, v.balance_id, v.data -> 'key', v.made_at, (v.data ->> 'at')::bigint, v.data ->> 'owner', v.data ->> 'playbook',
        v.data ->> 'reason', a.made_at, a.author, a.note, c.made_at,
        d.made_at, d.data -> 'burn_rate', d.data -> 'exhausted_at',
        CASE WHEN EXISTS (SELECT FROM unnest(\(names)::text[], \(values)::text[]) AS t(name, value)
                          WHERE v.data -> 'key' ->> t.name IS DISTINCT FROM t.value)
             THEN '[]'::jsonb ELSE d.data -> 'top_spenders' END
        """
    }
    private static let source = """
        FROM events v
        LEFT JOIN alert_details d ON d.org_id = $1 AND d.event_id = v.id
        LEFT JOIN alert_acknowledgements a ON a.org_id = $1 AND a.event_id = v.id
        LEFT JOIN alert_clearances c ON c.org_id = $1 AND c.event_id = v.id
        """

    /// $2 envelope, $3 before this id, $4 how many, $5/$6 tags that the balance's key must not contradict.
    static let list = Statement(
        "alert_list",
        """
        SELECT \(columns(names: "$5", values: "$6")) \(source)
        WHERE v.org_id = $1 AND v.kind = 'alert' AND ($2::text IS NULL OR v.envelope = $2::text) AND v.id < $3
          AND \(EventVisibility.condition(names: "$5", values: "$6"))
        ORDER BY v.id DESC LIMIT $4::bigint
        """
    )

    /// $2 id, $3/$4 tags that the balance's key must not contradict.
    static let find = Statement(
        "alert_find",
        """
        SELECT \(columns(names: "$3", values: "$4")) \(source)
        WHERE v.org_id = $1 AND v.id = $2 AND v.kind = 'alert'
          AND \(EventVisibility.condition(names: "$3", values: "$4"))
        """
    )

    static let acknowledge = Statement(
        "alert_acknowledge",
        """
        INSERT INTO alert_acknowledgements (org_id, event_id, made_at, author, note)
        SELECT e.org_id, $2, $3::timestamptz, $4, $5 FROM org_epochs e WHERE e.org_id = $1 ON CONFLICT DO NOTHING
        """
    )

    // MARK: - Details

    /// Across organisations, without locks.
    static let due = Statement(
        "alert_due", "SELECT q.org_id, q.event_id FROM alert_queue q ORDER BY q.queued_at, q.org_id, q.event_id LIMIT $1::bigint")

    static let detail = Statement("alert_detail", "SELECT d.data FROM alert_details d WHERE d.org_id = $1 AND d.event_id = $2")

    /// 0 … 7 the balance's identity, then its limit, use, version, last fact and adjustments; those are NULL where it has no balance.
    static let subject = Statement(
        "alert_subject",
        """
        SELECT b.id, b.envelope, b.meter, b.rule, b.names, b."values", b.window_start, b.window_end,
               b.limit_amount, b.held, b.spent, b.version, b.last_fact, b.adjusted,
               v.envelope, (v.data ->> 'at')::bigint, v.data ->> 'playbook', v.data ->> 'limit'
        FROM events v LEFT JOIN balances b ON b.org_id = $1 AND b.id = v.balance_id
        WHERE v.org_id = $1 AND v.id = $2 AND v.kind = 'alert'
        """
    )

    /// Who made calls: $2 holds and direct charges, made in [$3, $4).
    static let spenders = Statement(
        "alert_spenders",
        """
        SELECT r.id, r.tags ->> 'agent_id', r.tags ->> 'user_id', r.tags ->> 'run_id' FROM reservations r
        WHERE r.org_id = $1 AND r.id = ANY($2::uuid[]) AND r.opened_at >= $3::timestamptz AND r.opened_at < $4::timestamptz
        UNION ALL
        SELECT s.reservation_id, s.tags ->> 'agent_id', s.tags ->> 'user_id', s.tags ->> 'run_id' FROM settlements s
        WHERE s.org_id = $1 AND s.reservation_id = ANY($2::uuid[]) AND s.kind = 'direct'
          AND s.opened_at >= $3::timestamptz AND s.opened_at < $4::timestamptz
        """
    )

    static let insertDetail = Statement(
        "alert_insert_detail",
        """
        INSERT INTO alert_details (org_id, event_id, made_at, data)
        SELECT e.org_id, $2, $3::timestamptz, $4::jsonb FROM org_epochs e WHERE e.org_id = $1 ON CONFLICT DO NOTHING
        """
    )

    static let insertOpen = Statement(
        "alert_insert_open",
        """
        INSERT INTO open_alerts (org_id, event_id, balance_id, step, limit_amount, window_end, policy_epoch)
        SELECT e.org_id, $2, $3, $4::bigint, $5::bigint, $6::timestamptz, $7::bigint FROM org_epochs e WHERE e.org_id = $1
        ON CONFLICT DO NOTHING
        """
    )

    static let dequeue = Statement("alert_dequeue", "DELETE FROM alert_queue WHERE org_id = $1 AND event_id = $2")

    // MARK: - Clearing

    /// Across organisations, without locks: the window is over, the limit rose, or the policy changed since it was looked at.
    static let clearable = Statement(
        "alert_clearable",
        """
        SELECT o.org_id, o.event_id FROM open_alerts o
        JOIN balances b ON b.org_id = o.org_id AND b.id = o.balance_id
        JOIN org_epochs e ON e.org_id = o.org_id
        WHERE (o.org_id, o.event_id) > ($1, $2)
          AND (o.window_end <= $3::timestamptz OR b.limit_amount > o.limit_amount OR e.policy > o.policy_epoch)
        ORDER BY o.org_id, o.event_id LIMIT $4::bigint
        """
    )

    /// 0 … 7 the balance's identity, then its limit, use and adjustments, then the alert's own.
    static let open = Statement(
        "alert_open",
        """
        SELECT b.id, b.envelope, b.meter, b.rule, b.names, b."values", b.window_start, b.window_end, b.limit_amount, b.held, b.spent, b.adjusted,
               o.step, o.limit_amount, o.window_end
        FROM open_alerts o JOIN balances b ON b.org_id = $1 AND b.id = o.balance_id
        WHERE o.org_id = $1 AND o.event_id = $2
        """
    )

    static let deleteOpen = Statement("alert_delete_open", "DELETE FROM open_alerts WHERE org_id = $1 AND event_id = $2")

    static let lookedAt = Statement(
        "alert_looked_at", "UPDATE open_alerts SET policy_epoch = $3::bigint WHERE org_id = $1 AND event_id = $2 AND policy_epoch < $3::bigint")

    static let insertClearance = Statement(
        "alert_insert_clearance",
        """
        INSERT INTO alert_clearances (org_id, event_id, made_at, cleared_by)
        SELECT e.org_id, $2, $3::timestamptz, $4 FROM org_epochs e WHERE e.org_id = $1
        """
    )
}
