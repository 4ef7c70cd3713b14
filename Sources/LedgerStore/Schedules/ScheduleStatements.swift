internal import Postgres

/// The SQL of schedules and of the lease, tables of the installation.
enum ScheduleStatements {
    /// The time of the ledger where it is the test clock's, the database's own clock, and the lease.
    static let readLease = Statement(
        "schedule_read_lease",
        """
        SELECT (SELECT t.now FROM test_clock t WHERE t.id = 1), clock_timestamp(), l.holder, l.term, l.expires_at
        FROM (SELECT 1) AS one LEFT JOIN scheduler_lease l ON l.id = 1
        """
    )

    static let read = Statement(
        "schedule_read",
        """
        SELECT s.name, s.next_due_at, s.last_due_at, s.last_started_at, s.last_finished_at, s.last_state, s.last_error, s.missed, s.runs,
               s.failures, s.attempts, s.retry_at, s.claimed_until
        FROM schedules s
        """
    )

    static let register = Statement(
        "schedule_register",
        """
        INSERT INTO schedules (name, next_due_at)
        SELECT d.name, d.next_due_at FROM unnest($1::text[], $2::timestamptz[]) AS d(name, next_due_at)
        ON CONFLICT DO NOTHING
        """
    )

    /// A job whose rhythm became faster must not wait for the time that the slower one had set.
    static let hasten = Statement(
        "schedule_hasten",
        """
        UPDATE schedules s SET next_due_at = d.next_due_at FROM unnest($1::text[], $2::timestamptz[]) AS d(name, next_due_at)
        WHERE s.name = d.name AND s.next_due_at > d.next_due_at
        """
    )

    /// $5 the database's own clock, read before; $6 the due time that the run is for, NULL for one that somebody asked for.
    static let claim = Statement(
        "schedule_claim",
        """
        UPDATE schedules SET claimed_by = $2, claimed_until = $3::timestamptz, last_started_at = $4::timestamptz
        WHERE name = $1::text AND (claimed_until IS NULL OR claimed_until <= $5::timestamptz)
          AND ($6::timestamptz IS NULL OR next_due_at = $6::timestamptz)
        """
    )

    static let renew = Statement("schedule_renew", "UPDATE schedules SET claimed_until = $3::timestamptz WHERE name = $1::text AND claimed_by = $2")

    static let release = Statement(
        "schedule_release", "UPDATE schedules SET claimed_by = NULL, claimed_until = NULL WHERE name = $1::text AND claimed_by = $2")

    static let finish = Statement(
        "schedule_finish",
        """
        UPDATE schedules SET claimed_by = NULL, claimed_until = NULL, last_finished_at = $3::timestamptz, last_state = $4::text,
               last_error = $5::text, runs = runs + 1, failures = failures + $6::bigint, last_due_at = $7::timestamptz,
               next_due_at = $8::timestamptz, missed = missed + $9::bigint, attempts = $10::bigint, retry_at = $11::timestamptz
        WHERE name = $1::text AND claimed_by = $2
        """
    )

    static let finishAsked = Statement(
        "schedule_finish_asked",
        """
        UPDATE schedules SET claimed_by = NULL, claimed_until = NULL, last_finished_at = $3::timestamptz, last_state = $4::text,
               last_error = $5::text, runs = runs + 1, failures = failures + $6::bigint
        WHERE name = $1::text AND claimed_by = $2
        """
    )

    static let insertLease = Statement(
        "schedule_insert_lease",
        "INSERT INTO scheduler_lease (id, holder, term, expires_at) VALUES (1, $1, $2::bigint, $3::timestamptz) ON CONFLICT DO NOTHING")

    /// $4 … $6 the lease that was read.
    static let moveLease = Statement(
        "schedule_move_lease",
        """
        UPDATE scheduler_lease SET holder = $1, term = $2::bigint, expires_at = $3::timestamptz
        WHERE id = 1 AND holder = $4 AND term = $5::bigint AND expires_at = $6::timestamptz
        """
    )

    /// $2 a time that is over.
    static let endLease = Statement(
        "schedule_end_lease", "UPDATE scheduler_lease SET expires_at = $2::timestamptz WHERE id = 1 AND holder = $1")
}
