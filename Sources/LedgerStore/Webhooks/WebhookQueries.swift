internal import Ledger
internal import Postgres

/// The SQL of webhooks themselves.
enum WebhookQueries {
    static let columns = """
        w.id, w.name, w.url, w.kind, w.events, right(w.routing_key, 4), w.state, w.reason, w.previous_until, w.created_at, w.created_by,
        w.changed_at, w.deleted_at
        """

    /// Serialises who changes the webhooks of an organisation.
    static let lock = Statement("webhook_lock", "SELECT e.org_id FROM org_epochs e WHERE e.org_id = $1 ORDER BY e.org_id FOR UPDATE")

    static let count = Statement("webhook_count", "SELECT count(*) FROM webhooks w WHERE w.org_id = $1 AND w.deleted_at IS NULL")

    static let isNamed = Statement(
        "webhook_is_named", "SELECT w.id FROM webhooks w WHERE w.org_id = $1 AND w.name = $2 AND w.deleted_at IS NULL AND w.id <> $3")

    static let names = Statement(
        "webhook_names", "SELECT w.name FROM webhooks w WHERE w.org_id = $1 AND w.name = ANY($2::text[]) AND w.deleted_at IS NULL")

    static let insert = Statement(
        "webhook_insert",
        """
        INSERT INTO webhooks (org_id, id, name, url, kind, events, routing_key, secret, state, created_at, created_by, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6::text[], $7, $8, 'active', $9::timestamptz, $10, $9::timestamptz)
        """
    )

    static let insertQueue = Statement("webhook_insert_queue", "INSERT INTO webhook_queues (org_id, webhook_id, last_position) VALUES ($1, $2, 0)")

    static let list = Statement(
        "webhook_list",
        """
        SELECT \(columns) FROM webhooks w
        WHERE w.org_id = $1 AND w.deleted_at IS NULL AND ($2::uuid IS NULL OR w.id < $2::uuid) ORDER BY w.id DESC LIMIT $3::bigint
        """
    )

    static let find = Statement("webhook_find", "SELECT \(columns) FROM webhooks w WHERE w.org_id = $1 AND w.id = $2")

    static let change = Statement(
        "webhook_change",
        """
        UPDATE webhooks SET name = CASE WHEN $3::boolean THEN $4 ELSE name END, url = COALESCE($5, url), events = COALESCE($6::text[], events),
            routing_key = COALESCE($7, routing_key), state = COALESCE($8, state),
            reason = CASE WHEN $8 IS NULL THEN reason ELSE $9 END, changed_at = $10::timestamptz
        WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL
        """
    )

    static let delete = Statement(
        "webhook_delete", "UPDATE webhooks SET deleted_at = $3::timestamptz WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL")

    /// Not while the secret before is still valid, unless $6 is true.
    static let rotate = Statement(
        "webhook_rotate",
        """
        UPDATE webhooks SET previous_secret = secret, secret = $3, previous_until = $4::timestamptz, changed_at = $5::timestamptz
        WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL
            AND ($6::boolean OR previous_until IS NULL OR previous_until <= $5::timestamptz)
        """
    )

    /// Lets the sender look at a queue at once: what waits for an endpoint that is disabled or gone is given up.
    static let wake = Statement(
        "webhook_wake",
        "UPDATE webhook_queues SET next_attempt_at = $3::timestamptz WHERE org_id = $1 AND webhook_id = $2 AND next_attempt_at IS NOT NULL")

    /// Which of these names a webhook has.
    static func names(among names: [String], of organisation: Identifier, in session: Session) throws -> Set<String> {
        guard !names.isEmpty else { return [] }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.textArray(names)
        let rows = try session.execute(Self.names, parameters)
        return Set(try (0..<rows.count).map { try rows.text($0, 0) })
    }

    static func find(_ id: Identifier, of organisation: Identifier, in session: Session) throws -> Webhook? {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        let rows = try session.execute(find, parameters)
        return rows.count == 1 ? try decode(rows, 0) : nil
    }

    static func decode(_ rows: Rows, _ row: Int) throws -> Webhook {
        let id: Identifier = try rows.uuid(row, 0)
        guard let kind = WebhookKind(rawValue: try rows.text(row, 3)), let state = Webhook.State(rawValue: try rows.text(row, 6)) else {
            throw StoreError(.corrupt, "webhook \(id) has an unknown kind or state")
        }
        return Webhook(
            id: id, name: try rows.textIfPresent(row, 1), url: try rows.text(row, 2), kind: kind, events: try rows.textArray(row, 4),
            routingKeyEnd: try rows.textIfPresent(row, 5), state: state, reason: try rows.textIfPresent(row, 7),
            previousSecretUntil: try rows.timestampIfPresent(row, 8).map { Timestamp(microseconds: $0) },
            createdAt: Timestamp(microseconds: try rows.timestamp(row, 9)), createdBy: try rows.text(row, 10),
            changedAt: Timestamp(microseconds: try rows.timestamp(row, 11)),
            deletedAt: try rows.timestampIfPresent(row, 12).map { Timestamp(microseconds: $0) })
    }
}
