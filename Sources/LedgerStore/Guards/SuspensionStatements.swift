internal import Postgres

/// The SQL of suspensions that people open, lift and read.
enum SuspensionStatements {
    private static let columns = """
        s.id, s.subject_type, s.subject_id, s.rule, s.reason, s.opened_at, s.opened_by,
        l.reason, l.author, l.lifted_at, l.allow_steps, coalesce(w.released, 0)
        """
    private static let outcome = """
        LEFT JOIN suspension_lifts l ON l.org_id = $1 AND l.suspension_id = s.id
        LEFT JOIN suspension_sweeps w ON w.org_id = $1 AND w.suspension_id = s.id
        """

    /// $2 id, $3 … $6 scope.
    static let find = Statement(
        "suspension_find",
        """
        SELECT \(columns) FROM suspensions s \(outcome)
        WHERE s.org_id = $1 AND s.id = $2 AND \(SuspensionScope.condition(from: 3))
        """
    )

    /// $2 before this id, $3 how many, $4 kind and $5 id of the subject (NULL: any), $6 … $9 scope.
    private static let conditions = """
        s.id < $2 AND ($4::text IS NULL OR s.subject_type = $4::text) AND ($5::text IS NULL OR s.subject_id = $5::text)
          AND \(SuspensionScope.condition(from: 6))
        """
    static let list = Statement(
        "suspension_list",
        "SELECT \(columns) FROM suspensions s \(outcome) WHERE s.org_id = $1 AND \(conditions) ORDER BY s.id DESC LIMIT $3::bigint")
    /// What is open is a short list of its own, however long the history is.
    static let listOpen = Statement(
        "suspension_list_open",
        """
        SELECT \(columns) FROM open_suspensions o JOIN suspensions s ON s.org_id = $1 AND s.id = o.suspension_id \(outcome)
        WHERE o.org_id = $1 AND o.suspension_id < $2 AND \(conditions) ORDER BY o.suspension_id DESC LIMIT $3::bigint
        """
    )
    static let listLifted = Statement(
        "suspension_list_lifted",
        """
        SELECT \(columns) FROM suspension_lifts x JOIN suspensions s ON s.org_id = $1 AND s.id = x.suspension_id \(outcome)
        WHERE x.org_id = $1 AND x.suspension_id < $2 AND \(conditions) ORDER BY x.suspension_id DESC LIMIT $3::bigint
        """
    )

    // MARK: - Opening

    /// The first that suspends a subject now.
    static let open = Statement(
        "suspension_open",
        """
        SELECT o.suspension_id FROM open_suspensions o
        WHERE o.org_id = $1 AND o.subject_type = $2 AND o.subject_id = $3 ORDER BY o.suspension_id LIMIT 1
        """
    )

    // MARK: - Lifting

    /// The balances whose plans suspend the subject $2, $3, locked in the order of their ids.
    static let lockBalances = Statement(
        "suspension_lock_balances",
        """
        SELECT l.id FROM (
            SELECT DISTINCT s.balance_id AS id FROM open_suspensions o JOIN suspensions s ON s.org_id = $1 AND s.id = o.suspension_id
            WHERE o.org_id = $1 AND o.subject_type = $2 AND o.subject_id = $3 AND s.balance_id IS NOT NULL ORDER BY s.balance_id
        ) k
        CROSS JOIN LATERAL (
            SELECT b.id FROM balances b WHERE b.org_id = $1 AND b.id = k.id FOR UPDATE
        ) l
        """
    )

    /// Whether the plan of any balance but $3 opened one of the suspensions $2.
    static let hasOtherBalance = Statement(
        "suspension_has_other_balance",
        """
        SELECT EXISTS (
            SELECT FROM suspensions s
            WHERE s.org_id = $1 AND s.id = ANY($2::uuid[]) AND s.balance_id IS NOT NULL AND s.balance_id <> ALL($3::uuid[]))
        """
    )

    /// As `Book.pardon`. The balances $2 are locked.
    static let pardon = Statement(
        "suspension_pardon",
        """
        UPDATE balances b
        SET suspended = 0, pardoned = b.spent, passed_at = CASE WHEN b.spent > b.limit_amount THEN $3::timestamptz END
        WHERE b.org_id = $1 AND b.id = ANY($2::uuid[])
        """
    )

    /// Everything that suspends a subject.
    static let deleteOpen = Statement(
        "suspension_delete_open",
        "DELETE FROM open_suspensions WHERE org_id = $1 AND subject_type = $2 AND subject_id = $3 RETURNING suspension_id")

    static let insertLifts = Statement(
        "suspension_insert_lifts",
        """
        INSERT INTO suspension_lifts (org_id, suspension_id, reason, author, lifted_at, allow_steps, epoch, spent)
        SELECT e.org_id, d.id, $3::text, $4::text, $5::timestamptz, $6::bigint, $7::bigint, b.spent
        FROM org_epochs e CROSS JOIN unnest($2::uuid[]) AS d(id)
        JOIN suspensions s ON s.org_id = $1 AND s.id = d.id
        LEFT JOIN balances b ON b.org_id = $1 AND b.id = s.balance_id
        WHERE e.org_id = $1
        """
    )

    /// $2 suspensions, sorted.
    static let endSweeps = Statement(
        "suspension_end_sweeps",
        """
        WITH mine AS (
            SELECT d.suspension_id FROM suspension_sweeps d WHERE d.org_id = $1 AND d.suspension_id = ANY($2::uuid[])
            ORDER BY d.suspension_id FOR UPDATE
        )
        UPDATE suspension_sweeps AS w SET look_at = NULL FROM mine WHERE w.org_id = $1 AND w.suspension_id = mine.suspension_id
        """
    )

    /// Tells whom the opening was told: the event of the suspension $4, whose id lies from $6 to $7, with another reason and
    /// without what the balance stood at then.
    static let insertLiftedEvent = Statement(
        "suspension_insert_lifted_event",
        """
        INSERT INTO events (org_id, made_at, id, kind, envelope, balance_id, data)
        SELECT e.org_id, $2::timestamptz, $3::uuid, 'suspension.lifted', v.envelope, v.balance_id,
               (v.data - '{limit,held,spent,at}'::text[]) || jsonb_build_object('reason', $5::text)
        FROM org_epochs e JOIN events v ON v.org_id = $1 AND v.kind = 'suspension.opened' AND v.id >= $6 AND v.id <= $7
            AND v.data ->> 'related_id' = $4
        WHERE e.org_id = $1
        """
    )
}
