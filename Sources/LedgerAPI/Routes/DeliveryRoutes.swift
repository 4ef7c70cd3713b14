internal import HTTPTypes
internal import Hummingbird
internal import Ledger
internal import LedgerStore

/// `/v1/webhooks/{id}/deliveries` and `/v1/deliveries`: what was sent, and what became of it.
struct DeliveryRoutes: Sendable {
    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/webhooks/{id}/deliveries", list)
        table.add(.get, "/v1/deliveries/{id}", find)
        table.add(.post, "/v1/deliveries/{id}/replay", replay)
    }

    /// Those of a deleted webhook too: its history stays.
    @Sendable private func list(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await WebhookRoutes.reader(request, authenticator)
        let query = try Query(request, known: ["limit", "after", "state"])
        let webhook = try context.id("id", of: "webhook")
        let limit = try query.limit()
        let state = try query["state"].map { text in
            guard let state = Delivery.State(rawValue: text) else { throw Problem.invalid("?state", "send pending, delivered or dead") }
            return state
        }
        let after = try query.after()
        guard try await store.webhooks.find(webhook, of: caller.organisation.id) != nil else { throw Problem.notFound("There is no such webhook.") }
        let found = try await store.deliveries.list(webhook: webhook, state: state, after: after, limit: limit + 1, of: caller.organisation.id)
        let page = Array(found.prefix(limit))
        return Answer.list(page, next: found.count > limit ? page.last?.id.description : nil) { $0.delivery($1) }
    }

    @Sendable private func find(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await WebhookRoutes.reader(request, authenticator)
        _ = try Query(request)
        return try await answer(.ok, try context.id("id", of: "delivery"), caller)
    }

    @Sendable private func replay(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await WebhookRoutes.writer(request, authenticator)
        _ = try Query(request)
        let id = try context.id("id", of: "delivery")
        switch try await store.deliveryQueue.replay(id, organisation: caller.organisation.id) {
        case .queued: return try await answer(.accepted, id, caller)
        case .notFound: throw Problem.notFound("There is no such delivery.")
        case .pending: throw Problem.conflict("The delivery waits in the queue already; it is sent by itself.")
        case .webhookInactive:
            throw Problem.conflict("The webhook is disabled or deleted; set its state to active first, then replay the delivery.")
        }
    }

    private func answer(_ status: HTTPResponse.Status, _ id: Identifier, _ caller: Caller) async throws -> Response {
        guard let found = try await store.deliveries.find(id, of: caller.organisation.id),
            let webhook = try await store.webhooks.find(found.delivery.webhook, of: caller.organisation.id)
        else { throw Problem.notFound("There is no such delivery.") }
        return Answer.json(status, capacity: 4_096) {
            $0.delivery(found.delivery, DeliveryDetail(webhook: webhook, body: found.body, attempts: found.attempts))
        }
    }
}
