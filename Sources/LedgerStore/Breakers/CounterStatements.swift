internal import Postgres

/// The SQL of the counters of breakers. As for balances: rows are found by key, whatever plan was made when the table was
/// empty, and locked in the order of their ids.
enum CounterStatements {
    static let columns = """
        c.id, c.subject_type, c.subject_id, c.scope, c.tool, c.within_seconds, c.steps, c.spent, c.failures, c.states, c.buckets,
        c.bucket_number, c.probation_left, c.probation_total, c.told, c.changed_at, c.tool_answers,
        c.probation_pending, c.reset_at
        """

    /// Counters that this lane has not seen yet.
    static let insert = Statement(
        "counter_insert",
        """
        INSERT INTO breaker_counters (org_id, id, subject_type, subject_id, scope, tool, within_seconds, changed_at)
        SELECT e.org_id, d.id, d.subject_type, d.subject_id, d.scope, d.tool, d.within_seconds, $2::timestamptz
        FROM org_epochs e,
             unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[])
             AS d(id, subject_type, subject_id, scope, tool, within_seconds)
        WHERE e.org_id = $1
        ON CONFLICT DO NOTHING
        """
    )

    /// $2 ids, sorted.
    static let lock = Statement(
        "counter_lock",
        """
        SELECT l.* FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (
            SELECT \(columns)
            FROM breaker_counters c WHERE c.org_id = $1 AND c.id = k.id FOR UPDATE
        ) l
        """
    )

    /// The same, with those that await the ends of the holds $3, which were opened in [$4, $5).
    static let lockWithHolds = Statement(
        "counter_lock_with_holds",
        """
        SELECT l.* FROM (
            SELECT u.id FROM (
                SELECT unnest($2::uuid[]) AS id
                UNION
                SELECT unnest(h.counters) FROM unnest($3::uuid[]) AS r(id)
                CROSS JOIN LATERAL (
                    SELECT r2.counters FROM reservations r2
                    WHERE r2.org_id = $1 AND r2.id = r.id AND r2.opened_at >= $4::timestamptz AND r2.opened_at < $5::timestamptz
                    LIMIT 1
                ) h
            ) u ORDER BY u.id
        ) k
        CROSS JOIN LATERAL (
            SELECT \(columns)
            FROM breaker_counters c WHERE c.org_id = $1 AND c.id = k.id FOR UPDATE
        ) l
        """
    )

    /// The counters are there and locked, so every row conflicts and is updated.
    static let update = Statement(
        "counter_update",
        """
        INSERT INTO breaker_counters AS c (org_id, id, subject_type, subject_id, scope, steps, spent, failures, states, buckets,
                                           bucket_number, probation_left, probation_total, told, changed_at, tool_answers, probation_pending)
        SELECT e.org_id, d.id, '', '', '', d.steps, d.spent, d.failures, d.states, d.buckets, d.bucket_number, d.probation_left,
               d.probation_total, d.told, d.changed_at, d.tool_answers, d.probation_pending
        FROM org_epochs e,
             unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[], $7::bytea[], $8::bigint[], $9::bigint[],
                    $10::bigint[], $11::text[], $12::timestamptz[], $13::bigint[], $14::bigint[])
             AS d(id, steps, spent, failures, states, buckets, bucket_number, probation_left, probation_total, told, changed_at,
                  tool_answers, probation_pending)
        WHERE e.org_id = $1
        ON CONFLICT (org_id, id) DO UPDATE
        SET steps = excluded.steps, spent = excluded.spent, failures = excluded.failures, states = excluded.states,
            buckets = excluded.buckets, bucket_number = excluded.bucket_number, probation_left = excluded.probation_left,
            probation_total = excluded.probation_total, told = excluded.told, changed_at = excluded.changed_at,
            tool_answers = excluded.tool_answers, probation_pending = excluded.probation_pending
        """
    )

    /// All counters of the subject $3, $4, of which $2 counts all of its steps.
    static let lockSubject = Statement(
        "counter_lock_subject",
        """
        SELECT l.id, l.changed_at FROM (
            SELECT $2::uuid AS id
            UNION
            SELECT s.id FROM breaker_counters s
            WHERE s.org_id = $1 AND s.subject_type = $3 AND s.subject_id = $4 AND (s.scope <> '' OR s.tool IS NOT NULL)
            ORDER BY id
        ) k
        CROSS JOIN LATERAL (
            SELECT c.id, c.changed_at FROM breaker_counters c WHERE c.org_id = $1 AND c.id = k.id FOR UPDATE
        ) l
        """
    )

    /// The same to look at them, without locks.
    static let ofSubject = Statement(
        "counter_of_subject",
        """
        SELECT \(columns) FROM breaker_counters c
        WHERE c.org_id = $1 AND (c.id = $2 OR c.subject_type = $3 AND c.subject_id = $4 AND (c.scope <> '' OR c.tool IS NOT NULL))
        ORDER BY c.scope, c.tool NULLS FIRST, c.within_seconds LIMIT 200
        """
    )

    /// $2 counters, of which $3 keeps the probation of $4 steps; NULL: none. $5 a moment after all that they have
    /// counted.
    static let reset = Statement(
        "counter_reset",
        """
        UPDATE breaker_counters c
        SET steps = 0, spent = 0, failures = 0, tool_answers = 0, states = '', buckets = '', bucket_number = 0, told = '',
            probation_left = CASE WHEN c.id = $3 THEN $4::bigint END, probation_total = CASE WHEN c.id = $3 THEN $4::bigint END,
            probation_pending = CASE WHEN c.id = $3 THEN $4::bigint END, changed_at = $5::timestamptz, reset_at = $5::timestamptz
        WHERE c.org_id = $1 AND c.id = ANY($2::uuid[])
        """
    )

    /// The next $3 counters after $2, and whether they have not changed since $4.
    static let page = Statement(
        "counter_page",
        """
        SELECT c.id, c.changed_at < $4::timestamptz FROM breaker_counters c
        WHERE c.org_id = $1 AND c.id > $2 ORDER BY c.id LIMIT $3::bigint
        """
    )

    /// Those of $2 that have not changed since $3.
    static let deleteIdle = Statement(
        "counter_delete_idle",
        "DELETE FROM breaker_counters c WHERE c.org_id = $1 AND c.id = ANY($2::uuid[]) AND c.changed_at < $3::timestamptz"
    )
}
