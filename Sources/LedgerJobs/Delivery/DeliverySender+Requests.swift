public import Ledger
public import LedgerStore

extension DeliverySender {
    /// How long whoever makes a webhook waits for its host to be looked up.
    private static let lookUpTimeout = Duration.seconds(5)

    /// Whether a webhook may have this URL, by what its host leads to now. A name that leads nowhere yet, or is
    /// not found within 5 s, is taken: the address is checked again before each request.
    ///
    /// - Returns: what to write instead; nil: it may.
    public func fault(of url: EndpointURL) async -> EndpointURL.Fault? {
        let resolver = resolver
        do {
            _ = try await EndpointConnection.within(ContinuousClock.now + Self.lookUpTimeout) { try await resolver.addresses(of: url) }
            return nil
        } catch let refusal as AddressResolver.Refusal {
            return refusal.isUnresolved ? nil : EndpointURL.Fault(refusal.description)
        } catch {
            return nil
        }
    }

    /// Sends a test message at once, past the queue.
    ///
    /// - Returns: the delivery, with its request and answer; nil if there is no such webhook.
    public func test(_ webhook: Identifier, organisation: Organisation) async throws -> Identifier? {
        guard let endpoint = try await store.deliveryQueue.endpoint(of: webhook, organisation: organisation.id) else { return nil }
        let now = store.clock.now()
        let entry = FeedEntry(
            position: 0, event: .fresh(at: now), kind: Delivery.testKind, envelope: "", madeAt: now,
            data: Array(#"{"reason":"somebody tests this webhook"}"#.utf8))
        let notice = Notice(entry, organisation: organisation.name, currency: organisation.currency)
        guard let body = MessageFormat.body(notice, for: endpoint.kind) else { return nil }
        var connection = EndpointConnection(resolver: resolver, allowsPrivate: allowsPrivate)
        let (attempt, verdict) = await EndpointMessage(event: entry.event, body: body, endpoint: endpoint)
            .send(number: 1, turn: 0, now: now, through: &connection)
        await connection.close()
        return try await store.deliveryQueue.recordTest(
            attempt, event: entry.event, body: body, isDelivered: verdict == .delivered, webhook: webhook, organisation: organisation.id)
    }
}
