internal import Postgres

/// The SQL that records events.
enum EventStatements {
    static let insert = Statement(
        "event_insert",
        """
        INSERT INTO events (org_id, made_at, id, kind, envelope, balance_id, data)
        SELECT e.org_id, $2::timestamptz, d.id, d.kind, d.envelope, d.balance_id, d.data
        FROM org_epochs e,
             unnest($3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::jsonb[]) AS d(id, kind, envelope, balance_id, data)
        WHERE e.org_id = $1
        """
    )

    /// $2 by the database's own clock, read under whatever locks the transaction holds: what was caused by an event comes after it,
    /// whichever replica did it.
    static let insertOutbox = Statement(
        "event_insert_outbox",
        """
        INSERT INTO outbox (org_id, created_at, event_id)
        SELECT e.org_id, $2::timestamptz, d.id FROM org_epochs e, unnest($3::uuid[]) AS d(id) WHERE e.org_id = $1
        """
    )
}
