internal import Postgres

/// The SQL of queues and of what is sent.
enum DeliveryStatements {
    static let columns = """
        d.id, d.webhook_id, d.event_id, d.kind, d.number, d.state, d.attempts, d.created_at, d.next_attempt_at, d.finished_at, d.last_status,
        d.last_error
        """

    // MARK: - Queues

    /// Across organisations, without locks: queues whose head is due and that nobody serves.
    static let due = Statement(
        "delivery_due",
        """
        SELECT q.org_id, q.webhook_id FROM webhook_queues q
        WHERE q.next_attempt_at <= $1::timestamptz AND (q.claimed_until IS NULL OR q.claimed_until <= clock_timestamp())
        ORDER BY q.next_attempt_at LIMIT $2::bigint
        """
    )

    /// Across organisations, without locks: how many queues have a head that is due, whoever serves them.
    static let dueCount = Statement("delivery_due_count", "SELECT count(*) FROM webhook_queues q WHERE q.next_attempt_at <= $1::timestamptz")

    static let lock = Statement(
        "delivery_lock",
        """
        SELECT q.last_position, q.claimed_by, q.claimed_until FROM webhook_queues q
        WHERE q.org_id = $1 AND q.webhook_id = $2 ORDER BY q.webhook_id FOR UPDATE
        """
    )

    static let setQueue = Statement(
        "delivery_set_queue",
        """
        UPDATE webhook_queues SET next_attempt_at = $3::timestamptz, claimed_by = $4, claimed_until = $5::timestamptz
        WHERE org_id = $1 AND webhook_id = $2
        """
    )

    static let endpoint = Statement(
        "delivery_endpoint",
        """
        SELECT w.url, w.kind, w.routing_key, w.secret, w.previous_secret, w.previous_until, w.state, w.deleted_at IS NOT NULL, w.name
        FROM webhooks w WHERE w.org_id = $1 AND w.id = $2
        """
    )

    static let head = Statement(
        "delivery_head",
        """
        SELECT d.id, d.event_id, d.kind, d.attempts, d.failures, d.body, d.next_attempt_at FROM deliveries d
        WHERE d.org_id = $1 AND d.webhook_id = $2 AND d.state = 'pending' ORDER BY d.position LIMIT 1
        """
    )

    /// Gives up what waits for an endpoint that is sent nothing any more.
    static let bury = Statement(
        "delivery_bury",
        """
        UPDATE deliveries SET state = 'dead', finished_at = $3::timestamptz, last_error = $4
        WHERE org_id = $1 AND id = ANY(ARRAY(
            SELECT d.id FROM deliveries d WHERE d.org_id = $1 AND d.webhook_id = $2 AND d.state = 'pending' ORDER BY d.position LIMIT $5::bigint))
        """
    )

    // MARK: - Results

    static let insertAttempt = Statement(
        "delivery_insert_attempt",
        """
        INSERT INTO delivery_attempts (org_id, delivery_id, number, made_at, stamp, signature, url, status, latency_ms, answer, error)
        VALUES ($1, $2, $3::bigint, $4::timestamptz, $5::bigint, $6, $7, $8::bigint, $9::bigint, $10, $11)
        """
    )

    static let finish = Statement(
        "delivery_finish",
        """
        UPDATE deliveries SET state = $3, attempts = $4::bigint, failures = $5::bigint, next_attempt_at = COALESCE($6::timestamptz, next_attempt_at),
            finished_at = $7::timestamptz, last_status = $8::bigint, last_error = $9
        WHERE org_id = $1 AND id = $2
        """
    )

    static let disable = Statement(
        "delivery_disable",
        """
        UPDATE webhooks SET state = 'disabled', reason = $3, changed_at = $4::timestamptz
        WHERE org_id = $1 AND id = $2 AND state = 'active' AND deleted_at IS NULL
        """
    )

    static let insertTest = Statement(
        "delivery_insert_test",
        """
        INSERT INTO deliveries (org_id, id, webhook_id, event_id, kind, number, position, state, attempts, failures, body, created_at,
            next_attempt_at, finished_at, last_status, last_error)
        VALUES ($1, $2, $3, $4, $5, $6::bigint, $6::bigint, $7, 1, $8::bigint, $9, $10::timestamptz, $10::timestamptz, $10::timestamptz,
            $11::bigint, $12)
        """
    )

    static let replay = Statement(
        "delivery_replay",
        """
        UPDATE deliveries SET state = 'pending', position = $3::bigint, failures = 0, next_attempt_at = $4::timestamptz, finished_at = NULL
        WHERE org_id = $1 AND id = $2 AND state <> 'pending'
        """
    )

    static let setPosition = Statement(
        "delivery_set_position",
        """
        UPDATE webhook_queues SET last_position = $3::bigint, next_attempt_at = LEAST(next_attempt_at, $4::timestamptz)
        WHERE org_id = $1 AND webhook_id = $2
        """
    )

    // MARK: - Filling

    /// Across organisations, without locks: whose feed goes further than what its webhooks were given.
    static let behind = Statement(
        "delivery_behind",
        """
        SELECT f.org_id FROM feeds f
        WHERE f.last_position > COALESCE((SELECT c.position FROM delivery_cursors c WHERE c.org_id = f.org_id), 0) LIMIT $1::bigint
        """
    )

    static let readCursor = Statement("delivery_read_cursor", "SELECT c.position FROM delivery_cursors c WHERE c.org_id = $1")

    static let beginCursor = Statement(
        "delivery_begin_cursor",
        "INSERT INTO delivery_cursors (org_id, position) SELECT e.org_id, 0 FROM org_epochs e WHERE e.org_id = $1 ON CONFLICT DO NOTHING")

    static let lockCursor = Statement(
        "delivery_lock_cursor", "SELECT c.position FROM delivery_cursors c WHERE c.org_id = $1 ORDER BY c.org_id FOR UPDATE")

    static let moveCursor = Statement("delivery_move_cursor", "UPDATE delivery_cursors SET position = $2::bigint WHERE org_id = $1")

    static let listeners = Statement(
        "delivery_listeners",
        "SELECT w.id, w.name, w.kind, w.events FROM webhooks w WHERE w.org_id = $1 AND w.state = 'active' AND w.deleted_at IS NULL ORDER BY w.id")

    static let lockQueues = Statement(
        "delivery_lock_queues",
        """
        SELECT q.webhook_id, q.last_position FROM webhook_queues q
        WHERE q.org_id = $1 AND q.webhook_id = ANY($2::uuid[]) ORDER BY q.webhook_id FOR UPDATE
        """
    )

    static let insert = Statement(
        "delivery_insert",
        """
        INSERT INTO deliveries (org_id, id, webhook_id, event_id, kind, number, position, state, attempts, failures, body, created_at,
            next_attempt_at)
        SELECT e.org_id, d.id, d.webhook_id, d.event_id, d.kind, d.position, d.position, 'pending', 0, 0, d.body, $2::timestamptz, $2::timestamptz
        FROM org_epochs e,
             unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::bigint[], $8::text[]) AS d(id, webhook_id, event_id, kind, position, body)
        WHERE e.org_id = $1
        ON CONFLICT DO NOTHING
        """
    )

    static let extendQueues = Statement(
        "delivery_extend_queues",
        """
        UPDATE webhook_queues q SET last_position = d.position, next_attempt_at = LEAST(q.next_attempt_at, $2::timestamptz)
        FROM unnest($3::uuid[], $4::bigint[]) AS d(id, position) WHERE q.org_id = $1 AND q.webhook_id = d.id
        """
    )

    // MARK: - Reading

    static let list = Statement(
        "delivery_list",
        """
        SELECT \(columns) FROM deliveries d
        WHERE d.org_id = $1 AND d.webhook_id = $2 AND ($3::text IS NULL OR d.state = $3::text)
          AND ($4::uuid IS NULL OR d.number < (SELECT x.number FROM deliveries x WHERE x.org_id = $1 AND x.id = $4::uuid))
        ORDER BY d.number DESC LIMIT $5::bigint
        """
    )

    static let find = Statement("delivery_find", "SELECT \(columns), d.body FROM deliveries d WHERE d.org_id = $1 AND d.id = $2")

    static let attempts = Statement(
        "delivery_attempts",
        """
        SELECT a.number, a.made_at, a.stamp, a.signature, a.url, a.status, a.latency_ms, a.answer, a.error FROM delivery_attempts a
        WHERE a.org_id = $1 AND a.delivery_id = $2 ORDER BY a.number DESC LIMIT $3::bigint
        """
    )
}
