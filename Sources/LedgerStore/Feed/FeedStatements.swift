internal import Postgres

/// The SQL of the feed.
enum FeedStatements {
    /// Across organisations, without locks: only to find who has something to tell.
    static let due = Statement("feed_due", "SELECT o.org_id FROM outbox o GROUP BY o.org_id LIMIT $1::bigint")

    static let begin = Statement(
        "feed_begin", "INSERT INTO feeds (org_id) SELECT e.org_id FROM org_epochs e WHERE e.org_id = $1 ON CONFLICT DO NOTHING")

    static let lock = Statement("feed_lock", "SELECT f.last_position FROM feeds f WHERE f.org_id = $1 ORDER BY f.org_id FOR UPDATE")

    static let waiting = Statement(
        "feed_waiting",
        """
        SELECT o.event_id, v.kind FROM outbox o JOIN events v ON v.org_id = $1 AND v.id = o.event_id
        WHERE o.org_id = $1 ORDER BY o.created_at, o.event_id LIMIT $2::bigint
        """
    )

    static let insert = Statement(
        "feed_insert",
        """
        INSERT INTO feed_entries (org_id, position, event_id)
        SELECT e.org_id, d.position, d.event_id FROM org_epochs e, unnest($2::bigint[], $3::uuid[]) AS d(position, event_id)
        WHERE e.org_id = $1
        """
    )

    static let queueAlerts = Statement(
        "feed_queue_alerts",
        """
        INSERT INTO alert_queue (org_id, queued_at, event_id)
        SELECT e.org_id, $2::timestamptz, d.id FROM org_epochs e, unnest($3::uuid[]) AS d(id) WHERE e.org_id = $1
        """
    )

    static let forget = Statement("feed_forget", "DELETE FROM outbox WHERE org_id = $1 AND event_id = ANY($2::uuid[])")

    static let advance = Statement("feed_advance", "UPDATE feeds SET last_position = $2::bigint WHERE org_id = $1")

    static let last = Statement("feed_last", "SELECT f.last_position FROM feeds f WHERE f.org_id = $1")

    /// Across organisations, without locks: which feeds have moved.
    static let positions = Statement(
        "feed_positions", "SELECT f.org_id, f.last_position FROM feeds f WHERE f.org_id = ANY($1::uuid[])")

    /// $2 after this position, $3 up to this one, $4 kinds (NULL: all), $5/$6 tags that the balance's key must not contradict.
    static let page = Statement(
        "feed_page",
        """
        SELECT f.position, v.id, v.kind, v.envelope, v.made_at, v.data
        FROM feed_entries f JOIN events v ON v.org_id = $1 AND v.id = f.event_id
        WHERE f.org_id = $1 AND f.position > $2::bigint AND f.position <= $3::bigint
          AND ($4::text[] IS NULL OR v.kind = ANY($4::text[]))
          AND \(EventVisibility.condition(names: "$5", values: "$6"))
        ORDER BY f.position
        """
    )
}
