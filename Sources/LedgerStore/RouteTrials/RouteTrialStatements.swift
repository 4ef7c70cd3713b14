internal import Postgres

/// The SQL of route trials.
enum RouteTrialStatements {
    private static let columns = """
        t.id, t.workflow_name, t.tier, t.reason, t.author, t.cycle_days, t.started_at,
        (SELECT o.look_at FROM open_route_trials o WHERE o.org_id = $1 AND o.workflow_name = t.workflow_name AND o.trial_id = t.id)
        """

    /// $2 before this id, $3 how many, $4 workflow (NULL: any).
    static let list = Statement(
        "trial_list",
        """
        SELECT \(columns) FROM route_trials t
        WHERE t.org_id = $1 AND t.id < $2 AND ($4::text IS NULL OR t.workflow_name = $4::text) ORDER BY t.id DESC LIMIT $3::bigint
        """
    )

    static let find = Statement("trial_find", "SELECT \(columns) FROM route_trials t WHERE t.org_id = $1 AND t.id = $2")

    /// Those that are on, and those that ended from $2 on; the newest $3.
    static let recent = Statement(
        "trial_recent",
        """
        SELECT \(columns) FROM route_trials t
        WHERE t.org_id = $1 AND (
            t.id IN (SELECT o.trial_id FROM open_route_trials o WHERE o.org_id = $1)
            OR t.id IN (SELECT v.trial_id FROM route_trial_verdicts v WHERE v.org_id = $1 AND v.made_at >= $2::timestamptz))
        ORDER BY t.id DESC LIMIT $3::bigint
        """
    )

    /// Of the trials $2, oldest first; nothing follows the end by hand, whatever the clocks said.
    static let verdicts = Statement(
        "trial_verdicts",
        """
        SELECT v.trial_id, v.cycle, v.finding, v.state, v.reason, v.author, v.measured, v.made_at FROM route_trial_verdicts v
        WHERE v.org_id = $1 AND v.trial_id = ANY($2::uuid[]) ORDER BY v.cycle NULLS LAST, v.made_at
        """
    )

    // MARK: - Guards

    /// Those that calls are routed by.
    static let open = Statement(
        "trial_open",
        """
        SELECT t.id, t.workflow_name, t.tier, t.reason, o.state = 'kept'
        FROM open_route_trials o JOIN route_trials t ON t.org_id = $1 AND t.id = o.trial_id
        WHERE o.org_id = $1 ORDER BY t.id
        """
    )

    // MARK: - Beginning and ending

    static let count = Statement("trial_count", "SELECT count(*) FROM open_route_trials o WHERE o.org_id = $1")

    static let insert = Statement(
        "trial_insert",
        """
        INSERT INTO route_trials (org_id, id, workflow_name, tier, reason, author, cycle_days, started_at, epoch)
        SELECT e.org_id, $2::uuid, $3::text, $4::text, $5::text, $6::text, $7::bigint, $8::timestamptz, $9::bigint
        FROM org_epochs e WHERE e.org_id = $1
        """
    )

    /// Nothing where the workflow has one.
    static let insertOpen = Statement(
        "trial_insert_open",
        """
        INSERT INTO open_route_trials (org_id, workflow_name, trial_id, state, cycles, look_at)
        SELECT e.org_id, $2::text, $3::uuid, 'trying', 0, $4::timestamptz FROM org_epochs e WHERE e.org_id = $1
        ON CONFLICT DO NOTHING
        """
    )

    static let deleteOpen = Statement(
        "trial_delete_open", "DELETE FROM open_route_trials WHERE org_id = $1 AND workflow_name = $2 AND trial_id = $3")

    /// Goes on to the next cycle of the trial $3, if $4 were judged before.
    static let next = Statement(
        "trial_next",
        """
        UPDATE open_route_trials SET cycles = cycles + 1, state = $5::text, look_at = $6::timestamptz
        WHERE org_id = $1 AND workflow_name = $2 AND trial_id = $3 AND cycles = $4::bigint AND state = 'trying'
        """
    )

    /// Ends the trial $3 after a cycle, if $4 were judged before.
    static let over = Statement(
        "trial_over",
        """
        DELETE FROM open_route_trials
        WHERE org_id = $1 AND workflow_name = $2 AND trial_id = $3 AND cycles = $4::bigint AND state = 'trying'
        """
    )

    static let insertVerdict = Statement(
        "trial_insert_verdict",
        """
        INSERT INTO route_trial_verdicts (org_id, id, trial_id, cycle, finding, state, reason, author, measured, made_at, epoch)
        SELECT e.org_id, $2::uuid, $3::uuid, $4::bigint, $5::text, $6::text, $7::text, $8::text, $9::jsonb, $10::timestamptz, $11::bigint
        FROM org_epochs e WHERE e.org_id = $1
        """
    )

    /// Trials with a cycle that was over by $2.
    static let due = Statement(
        "trial_due",
        "SELECT o.trial_id FROM open_route_trials o WHERE o.org_id = $1 AND o.look_at <= $2::timestamptz ORDER BY o.trial_id")

    // MARK: - Replay and reports

    /// Those that began before $2 and had not ended by then.
    static let before = Statement(
        "trial_before",
        """
        SELECT t.id, t.workflow_name, t.tier, t.reason, false FROM route_trials t
        WHERE t.org_id = $1 AND t.started_at < $2::timestamptz AND NOT EXISTS (
            SELECT FROM route_trial_verdicts v
            WHERE v.org_id = $1 AND v.trial_id = t.id AND v.state IN ('rolled_back', 'ended') AND v.made_at < $2::timestamptz)
        ORDER BY t.id
        """
    )

    /// What began and what ended from $2 to before $3, in the order of the guards' epochs.
    static let changes = Statement(
        "trial_changes",
        """
        SELECT c.id, c.workflow_name, c.tier, c.reason, c.begins, c.at, c.epoch FROM (
            SELECT t.id, t.workflow_name, t.tier, t.reason, true AS begins, t.started_at AS at, t.epoch FROM route_trials t
            WHERE t.org_id = $1 AND t.started_at >= $2::timestamptz AND t.started_at < $3::timestamptz
            UNION ALL
            SELECT t.id, t.workflow_name, t.tier, t.reason, false, v.made_at, v.epoch
            FROM route_trial_verdicts v JOIN route_trials t ON t.org_id = $1 AND t.id = v.trial_id
            WHERE v.org_id = $1 AND v.state IN ('rolled_back', 'ended') AND v.made_at >= $2::timestamptz AND v.made_at < $3::timestamptz
        ) c ORDER BY c.epoch
        """
    )

    /// What happened to trials from $2 to before $3, oldest first: the workflow, when, and in which words.
    static let marks = Statement(
        "trial_marks",
        """
        SELECT c.workflow_name, c.at, c.what FROM (
            SELECT t.workflow_name, t.started_at AS at, 'trial of ' || t.tier || ' began: ' || t.reason AS what FROM route_trials t
            WHERE t.org_id = $1 AND t.started_at >= $2::timestamptz AND t.started_at < $3::timestamptz
            UNION ALL
            SELECT t.workflow_name, v.made_at, 'trial of ' || t.tier || ' ended (' || v.state || '): ' || v.reason
            FROM route_trial_verdicts v JOIN route_trials t ON t.org_id = $1 AND t.id = v.trial_id
            WHERE v.org_id = $1 AND v.state IN ('rolled_back', 'ended') AND v.made_at >= $2::timestamptz AND v.made_at < $3::timestamptz
        ) c ORDER BY c.at LIMIT 1000
        """
    )
}
