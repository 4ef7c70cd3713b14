public import Ledger
internal import Postgres

/// What people do to single deliveries.
extension DeliveryQueue {
    public enum Replay: Sendable {
        /// It is at the end of its queue.
        case queued
        case notFound
        /// It waits already.
        case pending
        /// Its webhook is disabled or deleted, so it would never be sent.
        case webhookInactive
    }

    /// Puts a delivery that is over at the end of its queue again, with the id of its message.
    public func replay(_ id: Identifier, organisation: Identifier) async throws -> Replay {
        let now = clock.now()
        return try await pool.withTransaction { session in
            var key = Parameters()
            key.uuid(organisation)
            key.uuid(id)
            let found = try session.execute(DeliveryStatements.find, key)
            guard found.count == 1 else { return .notFound }
            let webhook: Identifier = try found.uuid(0, 1)
            guard let position = try Self.nextPosition(of: webhook, organisation: organisation, in: session),
                let known = try WebhookQueries.find(webhook, of: organisation, in: session), known.deletedAt == nil, known.state == .active
            else { return .webhookInactive }
            key.int8(position)
            key.timestamp(microsecondsSince1970: now.microseconds)
            guard try session.execute(DeliveryStatements.replay, key).affected == 1 else { return .pending }
            try Self.setPosition(position, of: webhook, due: now, organisation: organisation, in: session)
            return .queued
        }
    }

    /// The endpoint of a webhook that is not deleted, also of one that is disabled: testing it comes before enabling it.
    public func endpoint(of webhook: Identifier, organisation: Identifier) async throws -> Endpoint? {
        let now = clock.now()
        return try await pool.withSession { session in
            var key = Parameters()
            key.uuid(organisation)
            key.uuid(webhook)
            let rows = try session.execute(DeliveryStatements.endpoint, key)
            guard rows.count == 1, !(try rows.bool(0, 7)) else { return nil }
            return try Self.decode(rows, id: webhook, at: now)
        }
    }

    /// Writes down a test message that was sent past the queue. It is delivered or dead; nothing sends it again by itself.
    public func recordTest(
        _ attempt: DeliveryAttempt, event: Identifier, body: [UInt8], isDelivered: Bool, webhook: Identifier, organisation: Identifier
    ) async throws -> Identifier {
        let now = clock.now()
        let id = Delivery.id(webhook: webhook, event: event)
        return try await pool.withTransaction { session in
            guard let position = try Self.nextPosition(of: webhook, organisation: organisation, in: session) else {
                throw StoreError(.corrupt, "webhook \(webhook) has no queue")
            }
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(id)
            parameters.uuid(webhook)
            parameters.uuid(event)
            parameters.text(Delivery.testKind)
            parameters.int8(position)
            parameters.text((isDelivered ? Delivery.State.delivered : .dead).rawValue)
            parameters.int8(isDelivered ? 0 : 1)
            parameters.text(String(decoding: body, as: UTF8.self))
            parameters.timestamp(microsecondsSince1970: now.microseconds)
            parameters.int8(attempt.status)
            parameters.text(attempt.error)
            _ = try session.execute(DeliveryStatements.insertTest, parameters)
            _ = try session.execute(
                DeliveryStatements.insertAttempt, DeliveryResult.parameters(attempt, delivery: id, organisation: organisation))
            try Self.setPosition(position, of: webhook, due: nil, organisation: organisation, in: session)
            return id
        }
    }

    /// Locks the queue; nil if there is none.
    private static func nextPosition(of webhook: Identifier, organisation: Identifier, in session: Session) throws -> Int64? {
        var key = Parameters()
        key.uuid(organisation)
        key.uuid(webhook)
        let rows = try session.execute(DeliveryStatements.lock, key)
        return rows.count == 1 ? try rows.int8(0, 0) + 1 : nil
    }

    private static func setPosition(
        _ position: Int64, of webhook: Identifier, due: Timestamp?, organisation: Identifier, in session: Session
    ) throws {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(webhook)
        parameters.int8(position)
        parameters.timestamp(microsecondsSince1970: due?.microseconds)
        _ = try session.execute(DeliveryStatements.setPosition, parameters)
    }
}
