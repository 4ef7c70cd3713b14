internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `/v1/webhooks`: who is told of events over HTTP.
struct WebhookRoutes: Sendable {
    let store: Store
    let authenticator: Authenticator
    let line: WebhookLine

    func add(to table: inout RouteTable) {
        table.add(.post, "/v1/webhooks", create)
        table.add(.get, "/v1/webhooks", list)
        table.add(.get, "/v1/webhooks/{id}", find)
        table.add(.patch, "/v1/webhooks/{id}", change)
        table.add(.delete, "/v1/webhooks/{id}", delete)
        table.add(.post, "/v1/webhooks/{id}/rotate-secret", rotate)
        table.add(.post, "/v1/webhooks/{id}/test", test)
    }

    @Sendable private func create(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await Self.writer(request, authenticator)
        _ = try Query(request)
        let body = try await RequestBody.decode(request) { reader throws(JSONError) in try WebhookBody.creation(&reader) }
        let draft = try body.draft(allowsPrivate: line.allowsPrivate)
        if let fault = await line.fault(draft.url) { throw Problem.invalid("/url", fault.detail) }
        switch try await store.webhooks.create(draft, author: caller.author, organisation: caller.organisation.id) {
        case .created(let webhook, let secret): return Answer.json(.created) { $0.webhook(webhook, secret: secret, isWhole: true) }
        case .nameTaken: throw Self.nameTaken
        case .tooMany:
            throw Problem.conflict("The organisation has \(Webhook.maximumCount) webhooks, which is the most; delete one that is not needed.")
        }
    }

    @Sendable private func list(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await Self.reader(request, authenticator)
        let query = try Query(request, known: ["limit", "after"])
        let limit = try query.limit()
        let found = try await store.webhooks.list(of: caller.organisation.id, before: try query.after(), limit: limit + 1)
        let page = Array(found.prefix(limit))
        return Answer.list(page, next: found.count > limit ? page.last?.id.description : nil) { $0.webhook($1) }
    }

    @Sendable private func find(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await Self.reader(request, authenticator)
        _ = try Query(request)
        let webhook = try await known(context, caller)
        return Answer.json { $0.webhook(webhook) }
    }

    @Sendable private func change(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await Self.writer(request, authenticator)
        _ = try Query(request)
        let webhook = try await known(context, caller)
        let body = try await RequestBody.decode(request) { reader throws(JSONError) in try WebhookBody.change(&reader) }
        let change = try body.change(of: webhook, allowsPrivate: line.allowsPrivate)
        if let url = change.url, let fault = await line.fault(url) { throw Problem.invalid("/url", fault.detail) }
        switch try await store.webhooks.update(webhook.id, change, author: caller.author, organisation: caller.organisation.id) {
        case .updated(let changed): return Answer.json { $0.webhook(changed) }
        case .nameTaken: throw Self.nameTaken
        case .notFound: throw Self.notFound
        }
    }

    @Sendable private func delete(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await Self.writer(request, authenticator)
        _ = try Query(request)
        guard try await store.webhooks.delete(try context.id("id", of: "webhook"), organisation: caller.organisation.id) else { throw Self.notFound }
        return Response(status: .noContent)
    }

    @Sendable private func rotate(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await Self.writer(request, authenticator)
        let force = try Query(request, known: ["force"]).flag("force")
        switch try await store.webhooks.rotateSecret(try context.id("id", of: "webhook"), force: force, organisation: caller.organisation.id) {
        case .rotated(let webhook, let secret): return Answer.json { $0.webhook(webhook, secret: secret) }
        case .underWay(let previousUntil):
            throw Problem.conflict(
                """
                The secret was rotated at \(previousUntil.adding(seconds: -Webhook.rotationSeconds)); the one before is valid until \
                \(previousUntil). Rotate again after that, or pass ?force=true to drop it at once.
                """)
        case .notFound: throw Self.notFound
        }
    }

    @Sendable private func test(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await Self.writer(request, authenticator)
        _ = try Query(request)
        let webhook = try await known(context, caller)
        guard let id = try await line.test(webhook.id, caller.organisation),
            let found = try await store.deliveries.find(id, of: caller.organisation.id)
        else { throw Self.notFound }
        return Answer.json(capacity: 4_096) {
            $0.delivery(found.delivery, DeliveryDetail(webhook: webhook, body: found.body, attempts: found.attempts))
        }
    }

    private func known(_ context: PurserContext, _ caller: Caller) async throws -> Webhook {
        let id = try context.id("id", of: "webhook")
        guard let webhook = try await store.webhooks.find(id, of: caller.organisation.id), webhook.deletedAt == nil else { throw Self.notFound }
        return webhook
    }

    private static let notFound = Problem.notFound("There is no such webhook.")
    private static let nameTaken = Problem.conflict("Another webhook has this name, by which contacts of the policy find it; choose another one.")

    // MARK: - Who may

    static func writer(_ request: Request, _ authenticator: Authenticator) async throws -> Caller {
        let caller = try await authenticator.caller(request)
        try caller.require(.operator)
        return try unbound(caller)
    }

    static func reader(_ request: Request, _ authenticator: Authenticator) async throws -> Caller {
        let caller = try await authenticator.caller(request)
        try caller.require(.operator, .finance)
        return try unbound(caller)
    }

    private static func unbound(_ caller: Caller) throws -> Caller {
        guard caller.key.boundTags.isEmpty else {
            throw Problem.forbidden("The key is bound to tags; webhooks tell of everybody's envelopes, so another key must look after them.")
        }
        return caller
    }
}
