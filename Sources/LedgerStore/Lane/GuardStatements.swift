internal import Postgres

/// The SQL by which a batch opens what stops calls: suspensions, downgraded routes.
enum GuardStatements {
    static let insertSuspensions = Statement(
        "suspension_insert",
        """
        INSERT INTO suspensions (org_id, opened_at, id, subject_type, subject_id, rule, balance_id, reason, opened_by)
        SELECT e.org_id, $2::timestamptz, d.id, d.subject_type, d.subject_id, d.rule, d.balance_id, d.reason, d.opened_by
        FROM org_epochs e,
             unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::text[], $9::text[])
             AS d(id, subject_type, subject_id, rule, balance_id, reason, opened_by)
        WHERE e.org_id = $1
        """
    )

    /// After the epoch was raised, whose row is locked then: nothing else gets the same one.
    static let insertOpen = Statement(
        "suspension_insert_open",
        """
        INSERT INTO open_suspensions (org_id, epoch, suspension_id, subject_type, subject_id)
        SELECT e.org_id, e.guards, d.id, d.subject_type, d.subject_id
        FROM org_epochs e, unnest($2::uuid[], $3::text[], $4::text[]) AS d(id, subject_type, subject_id)
        WHERE e.org_id = $1
        """
    )

    /// Due at once; what is known of the database's own clock comes with the first look.
    static let insertSweeps = Statement(
        "suspension_insert_sweeps",
        """
        INSERT INTO suspension_sweeps (org_id, opened_at, look_at, suspension_id, subject_type, subject_id)
        SELECT e.org_id, $2::timestamptz, '1970-01-01Z'::timestamptz, d.id, d.subject_type, d.subject_id
        FROM org_epochs e, unnest($3::uuid[], $4::text[], $5::text[]) AS d(id, subject_type, subject_id)
        WHERE e.org_id = $1
        """
    )

    /// So that every replica reads the guards again before its next decision.
    static let raiseEpoch = Statement("guard_raise_epoch", "UPDATE org_epochs SET guards = guards + 1 WHERE org_id = $1")

    static let insertDowngraded = Statement(
        "downgraded_insert",
        """
        INSERT INTO downgraded_balances (org_id, since, balance_id, envelope, tier, reason, window_end)
        SELECT e.org_id, $2::timestamptz, d.balance_id, d.envelope, d.tier, d.reason, d.window_end
        FROM org_epochs e,
             unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[]) AS d(balance_id, envelope, tier, reason, window_end)
        WHERE e.org_id = $1
        ON CONFLICT (org_id, balance_id) DO UPDATE SET tier = excluded.tier, reason = excluded.reason, since = excluded.since
        """
    )

    static let deleteDowngraded = Statement(
        "downgraded_delete", "DELETE FROM downgraded_balances b WHERE b.org_id = $1 AND b.balance_id = ANY($2::uuid[])")

    /// What balances remember beside their sums; written only where it changed. The rows exist, so only the update happens.
    static let updateMarks = Statement(
        "lane_update_marks",
        """
        INSERT INTO balances AS b (org_id, id, envelope, meter, rule, names, "values", limit_amount, last_fact, changed_at,
                                   adjusted, next_expiry, alerted, route_tier, passed_at, suspended, granted)
        SELECT e.org_id, d.id, '', '', '', '{}', '{}', 0, '00000000-0000-0000-0000-000000000000', $2::timestamptz,
               d.adjusted, d.next_expiry, d.alerted, d.route_tier, d.passed_at, d.suspended, d.granted
        FROM org_epochs e,
             unnest($3::uuid[], $4::bigint[], $5::timestamptz[], $6::bigint[], $7::text[], $8::timestamptz[], $9::bigint[],
                    $10::bigint[])
             AS d(id, adjusted, next_expiry, alerted, route_tier, passed_at, suspended, granted)
        WHERE e.org_id = $1
        ON CONFLICT (org_id, id) DO UPDATE
        SET adjusted = excluded.adjusted, next_expiry = excluded.next_expiry, alerted = excluded.alerted,
            route_tier = excluded.route_tier, passed_at = excluded.passed_at, suspended = excluded.suspended,
            granted = excluded.granted
        """
    )
}
