internal import Ledger
internal import LedgerStore
internal import Logging

/// Serves one queue: claims it, sends what is due in order, writes down what came of each, and lets it go.
struct QueueServing: Sendable {
    /// How many messages one claim sends before other queues get their turn.
    static let turnLimit = 200
    /// How often the result of a request is tried to be written down.
    private static let recordTries = 6

    let store: Store
    let resolver: AddressResolver
    let allowsPrivate: Bool
    let logger: Logger
    let metrics = DeliveryMetrics()

    /// - Parameter isStopping: asked after each message, before the next; true: the queue is let go.
    func serve(_ webhook: Identifier, of organisation: Identifier, isStopping: @Sendable () -> Bool) async throws {
        // A holder of its own each time: whoever comes second in this process is turned away as well.
        let claim = QueueClaim(organisation: organisation, webhook: webhook, holder: .fresh(at: store.clock.now()))
        guard case .due(let delivery, let endpoint) = try await store.deliveryQueue.claim(claim) else { return }
        var connection = EndpointConnection(resolver: resolver, allowsPrivate: allowsPrivate)
        let result: Result<Void, any Error>
        do {
            try await send(delivery, to: endpoint, claim, through: &connection, isStopping: isStopping)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await connection.close()
        try result.get()
    }

    private func send(
        _ first: PendingDelivery, to endpoint: Endpoint, _ claim: QueueClaim, through connection: inout EndpointConnection,
        isStopping: @Sendable () -> Bool
    ) async throws {
        var next = (first, endpoint)
        for count in 1... {
            let (delivery, endpoint) = next
            let start = ContinuousClock.now
            let message = EndpointMessage(event: delivery.event, body: delivery.body, endpoint: endpoint)
            let (attempt, verdict) = await message.send(
                number: delivery.attempts + 1, turn: delivery.failures, now: store.clock.now(), through: &connection)
            metrics.ended(verdict == .delivered, after: ContinuousClock.now - start)
            var head = try await record(attempt, of: delivery, verdict: verdict, claim)
            // The claim is kept meanwhile, so that no replica sends too early either.
            try? await Task.sleep(until: start + endpoint.kind.spacing)
            if case .idle = head { head = try await store.deliveryQueue.release(claim) }
            guard case .due(let following, let target) = head else { return }
            guard count < Self.turnLimit, !isStopping() else { return try await store.deliveryQueue.abandon(claim) }
            next = (following, target)
        }
    }

    /// Tries for a while: what cannot be written down is sent again by whoever takes over.
    private func record(
        _ attempt: DeliveryAttempt, of delivery: PendingDelivery, verdict: EndpointVerdict, _ claim: QueueClaim
    ) async throws -> QueueHead {
        let random = UInt64.random(in: .min ... .max)
        var wait = Duration.milliseconds(100)
        for _ in 1..<Self.recordTries {
            do {
                return try await store.deliveryQueue.record(attempt, of: delivery, verdict: verdict, random: random, claim: claim)
            } catch {
                logger.warning("the result of a delivery could not be written down; it is tried again", metadata: ["error": "\(error)"])
            }
            try await Task.sleep(for: wait)
            wait *= 2
        }
        return try await store.deliveryQueue.record(attempt, of: delivery, verdict: verdict, random: random, claim: claim)
    }
}
