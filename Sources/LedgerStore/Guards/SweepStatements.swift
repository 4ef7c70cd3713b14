internal import Postgres

/// The SQL that finds the open holds of suspended subjects.
enum SweepStatements {
    /// Across organisations, without locks. With each what is under way now: every transaction that still runs and had begun to
    /// lock or write before this one looked has an id below the last column.
    static let due = Statement(
        "sweep_due",
        """
        SELECT w.org_id, w.suspension_id, clock_timestamp(), pg_snapshot_xmax(pg_current_snapshot())::text::bigint
        FROM suspension_sweeps w WHERE w.look_at <= clock_timestamp() ORDER BY w.look_at LIMIT $1::bigint
        """
    )

    /// Whether any sweep waits.
    static let waiting = Statement("sweep_waiting", "SELECT EXISTS (SELECT FROM suspension_sweeps w WHERE w.look_at IS NOT NULL)")

    /// Of the suspensions $2, found due at $3, those that nobody else has got, who would have moved their time; they are the caller's
    /// until $4.
    static let claim = Statement(
        "sweep_claim",
        """
        WITH mine AS (
            SELECT d.suspension_id FROM suspension_sweeps d
            WHERE d.org_id = $1 AND d.suspension_id = ANY($2::uuid[]) AND d.look_at <= $3::timestamptz
            ORDER BY d.suspension_id FOR UPDATE
        )
        UPDATE suspension_sweeps AS w SET look_at = $4::timestamptz, began_at = coalesce(w.began_at, $3::timestamptz),
            horizon = coalesce(w.horizon, $5::bigint)
        FROM mine
        WHERE w.org_id = $1 AND w.suspension_id = mine.suspension_id
        RETURNING w.suspension_id, w.subject_type, w.subject_id, w.opened_at, w.began_at, w.horizon, w.holds,
            pg_snapshot_xmin(pg_current_snapshot())::text::bigint
        """
    )

    /// Keeps those of the suspensions $2 that are still the caller's, who had them until $3, until $4.
    static let renew = Statement(
        "sweep_renew",
        """
        WITH mine AS (
            SELECT d.suspension_id FROM suspension_sweeps d
            WHERE d.org_id = $1 AND d.suspension_id = ANY($2::uuid[]) AND d.look_at = $3::timestamptz
            ORDER BY d.suspension_id FOR UPDATE
        )
        UPDATE suspension_sweeps AS w SET look_at = $4::timestamptz
        FROM mine WHERE w.org_id = $1 AND w.suspension_id = mine.suspension_id
        """
    )

    /// Which of the suspensions $2 stop calls, and beside them the open holds after $3, $4 at most: what is seen at one moment was
    /// admitted before any of them is lifted.
    static let open = Statement(
        "sweep_open",
        """
        SELECT ARRAY(SELECT x.suspension_id FROM open_suspensions x WHERE x.org_id = $1 AND x.suspension_id = ANY($2::uuid[])),
               ARRAY(SELECT o.id FROM open_reservations o WHERE o.org_id = $1 AND o.id > $3 ORDER BY o.id LIMIT $4::bigint)
        """
    )

    /// Of the holds $2, opened in [$3, $4), those that a suspension covers, each with the first that does: of the suspensions $5 each
    /// covers those that carry the tag $6 with the value $7, or came with the key $7 where $6 is empty.
    static let covered = Statement(
        "sweep_covered",
        """
        SELECT DISTINCT ON (f.id) f.id, s.id FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (
            SELECT r.id, r.tags, r.key_id FROM reservations r
            WHERE r.org_id = $1 AND r.id = k.id AND r.opened_at >= $3::timestamptz AND r.opened_at < $4::timestamptz
            LIMIT 1
        ) f
        CROSS JOIN (SELECT DISTINCT n.tag FROM unnest($6::text[]) AS n(tag)) t
        JOIN unnest($5::uuid[], $6::text[], $7::text[]) AS s(id, tag, value)
            ON s.tag = t.tag AND s.value = CASE WHEN t.tag = '' THEN f.key_id::text ELSE f.tags ->> t.tag END
        ORDER BY f.id, s.id
        """
    )

    static let note = Statement(
        "sweep_note",
        """
        UPDATE suspension_sweeps AS w SET holds = ARRAY(SELECT DISTINCT u.id FROM unnest(w.holds || $3::uuid[]) AS u(id))
        WHERE w.org_id = $1 AND w.suspension_id = $2
        """
    )

    /// Counts, among the holds that were noted, all opened in [$3, $4), those that were released for the suspension, and says when to look
    /// again at $5 (NULL: not at all). One that was lifted meanwhile is not looked at again; one that another replica has taken over from
    /// the caller, who had it until $7, or has ended, stays as it is.
    static let finish = Statement(
        "sweep_finish",
        """
        UPDATE suspension_sweeps AS w
        SET look_at = CASE WHEN w.look_at IS NULL THEN NULL ELSE $5::timestamptz END,
            holds = CASE WHEN $5::timestamptz IS NULL THEN '{}'::uuid[] ELSE w.holds END,
            released = greatest(w.released, (
                SELECT count(*) FROM unnest(w.holds) AS k(id)
                CROSS JOIN LATERAL (
                    SELECT s.state FROM settlements s
                    WHERE s.org_id = $1 AND s.reservation_id = k.id AND s.kind = 'end' AND s.opened_at >= $3::timestamptz
                      AND s.opened_at < $4::timestamptz AND s.state = 'released' AND s.reason = $6::text
                    LIMIT 1
                ) f))
        WHERE w.org_id = $1 AND w.suspension_id = $2
          AND (w.look_at = $7::timestamptz OR w.look_at IS NULL AND w.holds <> '{}')
        """
    )
}
