internal import Postgres

/// The SQL of reviews: of themselves, and of what no other report reads.
enum ReviewStatements {
    private static let columns = "w.id, w.week_start, w.week_end, w.made_at, w.missed, w.summary"

    /// $2 before this id, $3 how many.
    static let list = Statement(
        "review_list", "SELECT \(columns) FROM reviews w WHERE w.org_id = $1 AND w.id < $2 ORDER BY w.id DESC LIMIT $3::bigint")

    static let find = Statement("review_find", "SELECT \(columns), w.content FROM reviews w WHERE w.org_id = $1 AND w.id = $2")

    /// When the last week that has one ended.
    static let last = Statement(
        "review_last", "SELECT w.week_end FROM reviews w WHERE w.org_id = $1 ORDER BY w.week_end DESC LIMIT 1")

    /// Nothing where the week has one.
    static let insert = Statement(
        "review_insert",
        """
        INSERT INTO reviews (org_id, id, week_start, week_end, missed, summary, content, made_at)
        SELECT e.org_id, $2::uuid, $3::timestamptz, $4::timestamptz, $5::bigint, $6::text, $7::jsonb, $8::timestamptz
        FROM org_epochs e WHERE e.org_id = $1
        ON CONFLICT DO NOTHING
        """
    )

    // MARK: - Overruns

    private static let balance = """
        b.id, b.envelope, b.meter, b.rule, b.names, b."values", b.window_start, b.window_end, b.limit_amount, b.held, b.spent,
        b.held::numeric + b.spent > b.limit_amount AND b.rule <> 'grant' AND b.version > 0
        """

    /// The next $5 balances of the envelope $2 by the end of their windows, after one that ended at $3 and has the id $4: those that are
    /// beyond their limit, and the last one, with whether it is and how many were looked at.
    static let overrunWindows = Statement(
        "review_overrun_windows",
        """
        SELECT n.* FROM (
            SELECT p.*, row_number() OVER (ORDER BY p.window_end, p.id) AS place, count(*) OVER () AS total
            FROM (
                SELECT \(balance) AS is_over FROM balances b
                WHERE b.org_id = $1 AND b.envelope = $2 AND b.window_end IS NOT NULL AND (b.window_end, b.id) > ($3::timestamptz, $4::uuid)
                ORDER BY b.window_end, b.id LIMIT $5::bigint
            ) p
        ) n WHERE n.is_over OR n.place = n.total ORDER BY n.place
        """
    )

    /// The same of windows that never end, of what changed from $3 on, after the id $4.
    static let overrunForever = Statement(
        "review_overrun_forever",
        """
        SELECT n.* FROM (
            SELECT p.*, row_number() OVER (ORDER BY p.id) AS place, count(*) OVER () AS total
            FROM (
                SELECT \(balance) AND b.window_end IS NULL AND b.changed_at >= $3::timestamptz AS is_over FROM balances b
                WHERE b.org_id = $1 AND b.envelope = $2 AND b.id > $4::uuid
                ORDER BY b.id LIMIT $5::bigint
            ) p
        ) n WHERE n.is_over OR n.place = n.total ORDER BY n.place
        """
    )

    // MARK: - Holds that nobody used

    /// The next $6 holds that expired, after one at $2 with the id $3 and before $4; opened from $5 on: the agent, what was held, and
    /// whether a charge came late.
    static let expired = Statement(
        "review_expired",
        """
        SELECT n.settled_at, n.reservation_id, r.tags ->> 'agent_id', coalesce(r.cost, 0),
               EXISTS (SELECT FROM settlements l WHERE l.org_id = $1 AND l.reservation_id = n.reservation_id AND l.kind = 'late'
                       AND l.opened_at >= $5::timestamptz AND l.opened_at < $4::timestamptz)
        FROM (
            SELECT s.settled_at, s.reservation_id FROM settlements s
            WHERE s.org_id = $1 AND s.kind = 'end' AND s.state = 'expired' AND (s.settled_at, s.reservation_id) > ($2::timestamptz, $3::uuid)
              AND s.settled_at < $4::timestamptz AND s.opened_at >= $5::timestamptz AND s.opened_at < $4::timestamptz
            ORDER BY s.settled_at, s.reservation_id LIMIT $6::bigint
        ) n
        LEFT JOIN LATERAL (
            SELECT h.tags, h.cost FROM reservations h
            WHERE h.org_id = $1 AND h.id = n.reservation_id AND h.opened_at >= $5::timestamptz AND h.opened_at < $4::timestamptz LIMIT 1
        ) r ON true
        ORDER BY n.settled_at, n.reservation_id
        """
    )

    // MARK: - Approvals

    /// How questions ended in [$2, $3), by envelope; of those asked from the id $4 on.
    static let decided = Statement(
        "review_decided",
        """
        SELECT a.envelope, a.meter, count(*) FILTER (WHERE d.state = 'approved'), count(*) FILTER (WHERE d.state = 'rejected'),
               count(*) FILTER (WHERE d.state = 'expired'), LEAST(coalesce(sum(d.amount), 0), 9223372036854775807)::bigint
        FROM approval_decisions d JOIN approvals a ON a.org_id = $1 AND a.id = d.approval_id
        WHERE d.org_id = $1 AND d.approval_id > $4 AND d.decided_at >= $2::timestamptz AND d.decided_at < $3::timestamptz
        GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 200
        """
    )

    static let pending = Statement(
        "review_pending", "SELECT count(*) FROM approval_gates g WHERE g.org_id = $1 AND g.state = 'pending'")
}
