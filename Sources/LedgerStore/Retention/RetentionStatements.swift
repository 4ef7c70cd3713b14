internal import Postgres

/// The SQL that removes what is kept for a limited time.
enum RetentionStatements {
    static let oldestIdempotencyKey = Statement(
        "retention_oldest_idempotency_key",
        "SELECT min(k.created_at) FROM idempotency_keys k WHERE k.org_id = $1 AND k.created_at < $2::timestamptz"
    )

    static let deleteIdempotencyKeys = Statement(
        "retention_delete_idempotency_keys",
        """
        DELETE FROM idempotency_keys x WHERE x.org_id = $1 AND x.key IN (
            SELECT k.key FROM idempotency_keys k
            WHERE k.org_id = $1 AND k.created_at >= $2::timestamptz AND k.created_at < $3::timestamptz
            ORDER BY k.created_at LIMIT $4::bigint
        )
        RETURNING x.created_at
        """
    )

    static let oldestSlice = Statement(
        "retention_oldest_slice", "SELECT min(u.slice) FROM usage_slices u WHERE u.org_id = $1 AND u.slice < $2::timestamptz")

    static let deleteSlices = Statement(
        "retention_delete_slices",
        """
        DELETE FROM usage_slices x WHERE x.org_id = $1 AND (x.slice, x.id) IN (
            SELECT u.slice, u.id FROM usage_slices u
            WHERE u.org_id = $1 AND u.slice >= $2::timestamptz AND u.slice < $3::timestamptz
            ORDER BY u.slice, u.id LIMIT $4::bigint
        )
        RETURNING x.slice
        """
    )

    static let oldestTrip = Statement(
        "retention_oldest_trip", "SELECT min(t.seen_at) FROM baseline_trips t WHERE t.org_id = $1 AND t.seen_at < $2::timestamptz")

    /// The lock weighs each row anew: it may have been seen again meanwhile.
    static let deleteTrips = Statement(
        "retention_delete_trips",
        """
        DELETE FROM baseline_trips x WHERE x.org_id = $1 AND x.id IN (
            SELECT t.id FROM baseline_trips t
            WHERE t.org_id = $1 AND t.seen_at >= $2::timestamptz AND t.seen_at < $3::timestamptz
            ORDER BY t.seen_at LIMIT $4::bigint FOR UPDATE
        )
        RETURNING x.seen_at
        """
    )

    static let oldestDelivery = Statement(
        "retention_oldest_delivery",
        "SELECT min(d.created_at) FROM deliveries d WHERE d.org_id = $1 AND d.created_at < $2::timestamptz"
    )

    /// With their attempts; what still waits stays, also what somebody has sent again meanwhile: the lock weighs each row anew.
    static let deleteDeliveries = Statement(
        "retention_delete_deliveries",
        """
        WITH old AS (
            SELECT d.id FROM deliveries d
            WHERE d.org_id = $1 AND d.created_at >= $2::timestamptz AND d.created_at < $3::timestamptz AND d.state <> 'pending'
            ORDER BY d.created_at LIMIT $4::bigint FOR UPDATE
        ), attempts AS (
            DELETE FROM delivery_attempts a WHERE a.org_id = $1 AND a.delivery_id IN (SELECT old.id FROM old)
        )
        DELETE FROM deliveries x WHERE x.org_id = $1 AND x.id IN (SELECT old.id FROM old)
        RETURNING x.created_at
        """
    )

    /// The next $5 open suspensions of runs and sessions after $2 and before the id $3, and whether no call of the subject was refused or
    /// charged since $4.
    static let oldSuspensions = Statement(
        "retention_old_suspensions",
        """
        SELECT o.suspension_id, NOT (CASE o.subject_type
            WHEN 'run' THEN EXISTS (
                SELECT FROM refusals f WHERE f.org_id = $1 AND f.refused_at >= $4::timestamptz
                  AND hashtextextended(f.tags ->> 'run_id', 0) = hashtextextended(o.subject_id, 0) AND f.tags ->> 'run_id' = o.subject_id
            ) OR EXISTS (
                SELECT FROM settlements s WHERE s.org_id = $1 AND s.kind = 'direct' AND s.opened_at >= $4::timestamptz
                  AND hashtextextended(s.tags ->> 'run_id', 0) = hashtextextended(o.subject_id, 0) AND s.tags ->> 'run_id' = o.subject_id
            )
            ELSE EXISTS (
                SELECT FROM refusals f WHERE f.org_id = $1 AND f.refused_at >= $4::timestamptz
                  AND hashtextextended(f.tags ->> 'session_id', 0) = hashtextextended(o.subject_id, 0)
                  AND f.tags ->> 'session_id' = o.subject_id
            ) OR EXISTS (
                SELECT FROM settlements s WHERE s.org_id = $1 AND s.kind = 'direct' AND s.opened_at >= $4::timestamptz
                  AND hashtextextended(s.tags ->> 'session_id', 0) = hashtextextended(o.subject_id, 0)
                  AND s.tags ->> 'session_id' = o.subject_id
            ) END)
        FROM open_suspensions o
        WHERE o.org_id = $1 AND o.suspension_id > $2 AND o.suspension_id < $3 AND o.subject_type IN ('run', 'session')
        ORDER BY o.suspension_id LIMIT $5::bigint
        """
    )

    private static let rejectedForEver = """
        approval_gates g JOIN approvals a ON a.org_id = $1 AND a.id = g.approval_id
        WHERE g.org_id = $1 AND g.state = 'rejected' AND g.expires_at IS NULL
        """

    static let oldestRejectedGate = Statement(
        "retention_oldest_rejected_gate", "SELECT min(a.requested_at) FROM \(rejectedForEver) AND a.requested_at < $2::timestamptz")

    /// Of runs without a call since $3; where no run asked, by the age of the question.
    static let deleteRejectedGates = Statement(
        "retention_delete_rejected_gates",
        """
        WITH old AS (
            SELECT g.scope, a.requested_at FROM \(rejectedForEver)
              AND a.requested_at >= $2::timestamptz AND a.requested_at < $3::timestamptz
              AND NOT EXISTS (
                  SELECT FROM reservations r WHERE r.org_id = $1 AND r.opened_at >= $3::timestamptz
                  AND hashtextextended(r.tags ->> 'run_id', 0) = hashtextextended(a.run_id, 0) AND r.tags ->> 'run_id' = a.run_id)
              AND NOT EXISTS (
                  SELECT FROM refusals f WHERE f.org_id = $1 AND f.refused_at >= $3::timestamptz
                  AND hashtextextended(f.tags ->> 'run_id', 0) = hashtextextended(a.run_id, 0) AND f.tags ->> 'run_id' = a.run_id)
            ORDER BY a.requested_at LIMIT $4::bigint
        )
        DELETE FROM approval_gates x USING old WHERE x.org_id = $1 AND x.scope = old.scope AND x.state = 'rejected'
        RETURNING old.requested_at
        """
    )
}
