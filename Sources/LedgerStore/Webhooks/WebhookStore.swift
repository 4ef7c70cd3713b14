public import Ledger
internal import Postgres

/// The webhooks of organisations: making, changing and removing them.
public struct WebhookStore: Sendable {
    public enum Creation: Sendable {
        /// The secret is in here this once.
        case created(Webhook, WebhookSecret)
        case nameTaken
        /// The organisation has `Webhook.maximumCount` of them.
        case tooMany
    }

    public enum Update: Sendable {
        case updated(Webhook)
        case notFound, nameTaken
    }

    public enum Rotation: Sendable {
        /// The secret is in here this once.
        case rotated(Webhook, WebhookSecret)
        /// The secret before is valid until this time; another rotation would drop it.
        case underWay(previousUntil: Timestamp)
        case notFound
    }

    let pool: Pool
    let clock: StoreClock

    public func create(_ draft: WebhookDraft, author: String, organisation: Identifier) async throws -> Creation {
        let now = clock.now()
        let id = Identifier.fresh(at: now)
        let secret = WebhookSecret.generate()
        return try await pool.withTransaction { session in
            try Self.lock(organisation, in: session)
            if let name = draft.name, try Self.isTaken(name, by: id, organisation: organisation, in: session) { return .nameTaken }
            var key = Parameters()
            key.uuid(organisation)
            guard try session.execute(WebhookQueries.count, key).int8(0, 0) < Webhook.maximumCount else { return .tooMany }
            var parameters = key
            parameters.uuid(id)
            let queue = parameters
            parameters.text(draft.name)
            parameters.text(draft.url.description)
            parameters.text(draft.kind.rawValue)
            parameters.textArray(draft.events)
            parameters.text(draft.routingKey)
            parameters.bytes(secret.bytes)
            parameters.timestamp(microsecondsSince1970: now.microseconds)
            parameters.text(author)
            _ = try session.execute(WebhookQueries.insert, parameters)
            _ = try session.execute(WebhookQueries.insertQueue, queue)
            guard let made = try WebhookQueries.find(id, of: organisation, in: session) else {
                throw StoreError(.corrupt, "webhook \(id) is not there")
            }
            return .created(made, secret)
        }
    }

    /// Newest first.
    public func list(of organisation: Identifier, before: Identifier?, limit: Int) async throws -> [Webhook] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(before)
            parameters.int8(Int64(limit))
            let rows = try session.execute(WebhookQueries.list, parameters)
            return try (0..<rows.count).map { try WebhookQueries.decode(rows, $0) }
        }
    }

    /// A deleted one too; see `Webhook.deletedAt`.
    public func find(_ id: Identifier, of organisation: Identifier) async throws -> Webhook? {
        try await pool.withSession { try WebhookQueries.find(id, of: organisation, in: $0) }
    }

    public func update(_ id: Identifier, _ change: WebhookChange, author: String, organisation: Identifier) async throws -> Update {
        let now = clock.now()
        return try await pool.withTransaction { session in
            try Self.lock(organisation, in: session)
            if case .some(.some(let name)) = change.name, try Self.isTaken(name, by: id, organisation: organisation, in: session) {
                return .nameTaken
            }
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(id)
            parameters.bool(change.name != nil)
            parameters.text(change.name ?? nil)
            parameters.text(change.url?.description)
            if let events = change.events { parameters.textArray(events) } else { parameters.null() }
            parameters.text(change.routingKey)
            parameters.text(change.state?.rawValue)
            parameters.text(change.state == .disabled ? "disabled by \(author)" : nil)
            parameters.timestamp(microsecondsSince1970: now.microseconds)
            // The queue before the webhook, as whoever sends locks them.
            if change.state == .disabled { try Self.wake(id, at: now, organisation: organisation, in: session) }
            guard try session.execute(WebhookQueries.change, parameters).affected == 1,
                let changed = try WebhookQueries.find(id, of: organisation, in: session)
            else { return .notFound }
            return .updated(changed)
        }
    }

    /// Its deliveries stay readable. False if there is none.
    public func delete(_ id: Identifier, organisation: Identifier) async throws -> Bool {
        let now = clock.now()
        return try await pool.withTransaction { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(id)
            parameters.timestamp(microsecondsSince1970: now.microseconds)
            try Self.wake(id, at: now, organisation: organisation, in: session)
            return try session.execute(WebhookQueries.delete, parameters).affected == 1
        }
    }

    /// Gives a webhook a new secret; the one before stays valid for `Webhook.rotationSeconds`.
    ///
    /// - Parameter force: also while the secret before the present one is still valid, which is dropped then.
    public func rotateSecret(_ id: Identifier, force: Bool, organisation: Identifier) async throws -> Rotation {
        let now = clock.now()
        let secret = WebhookSecret.generate()
        return try await pool.withTransaction { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(id)
            parameters.bytes(secret.bytes)
            parameters.timestamp(microsecondsSince1970: now.adding(seconds: Webhook.rotationSeconds).microseconds)
            parameters.timestamp(microsecondsSince1970: now.microseconds)
            parameters.bool(force)
            let isRotated = try session.execute(WebhookQueries.rotate, parameters).affected == 1
            guard let webhook = try WebhookQueries.find(id, of: organisation, in: session), webhook.deletedAt == nil else { return .notFound }
            if isRotated { return .rotated(webhook, secret) }
            return .underWay(previousUntil: webhook.previousSecretUntil ?? now)
        }
    }

    // MARK: - Inside a transaction

    private static func lock(_ organisation: Identifier, in session: Session) throws {
        var key = Parameters()
        key.uuid(organisation)
        guard try session.execute(WebhookQueries.lock, key).count == 1 else { throw StoreError(.corrupt, "the organisation has no epoch row") }
    }

    private static func isTaken(_ name: String, by id: Identifier, organisation: Identifier, in session: Session) throws -> Bool {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.text(name)
        parameters.uuid(id)
        return try session.execute(WebhookQueries.isNamed, parameters).count > 0
    }

    private static func wake(_ id: Identifier, at now: Timestamp, organisation: Identifier, in session: Session) throws {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        _ = try session.execute(WebhookQueries.wake, parameters)
    }
}
