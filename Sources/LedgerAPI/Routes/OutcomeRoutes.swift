internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `/v1/outcomes`: what workflows brought about.
struct OutcomeRoutes: Sendable {
    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/outcomes", list)
        table.add(.post, "/v1/outcomes", record)
        table.add(.get, "/v1/outcomes/{id}", find)
    }

    @Sendable private func list(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        let query = try Query(request, known: ["limit", "after", "workflow_name", "kind"])
        let limit = try query.limit()
        let found = try await store.outcomes.list(
            of: caller.organisation.id, workflow: query["workflow_name"], kind: query["kind"], bound: caller.key.boundTags,
            before: try query.after(), limit: limit + 1)
        let page = Array(found.prefix(limit))
        return Answer.list(page, next: found.count > limit ? page.last?.id.description : nil) { $0.outcome($1) }
    }

    @Sendable private func find(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        _ = try Query(request)
        let id = try context.id("id", of: "outcome")
        guard let outcome = try await store.outcomes.find(id, bound: caller.key.boundTags, of: caller.organisation.id) else {
            throw Problem.notFound("There is no such outcome.")
        }
        return Answer.json { $0.outcome(outcome) }
    }

    @Sendable private func record(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require(.gateway, .finance, .operator)
        _ = try Query(request)
        let key = try IdempotencyHeader.read(request)
        let body = try await RequestBody.decode(request) { reader throws(JSONError) in try OutcomeBody(&reader) }
        let draft = try body.draft(caller: caller, idempotencyKey: key, now: store.clock.now())
        switch try await store.outcomes.record(draft, of: caller.organisation.id) {
        case .recorded(let stored):
            return Answer.json(.created, headers: [.location: "/v1/outcomes/\(stored.id)"]) { $0.outcome(stored) }
        case .replayed(let stored):
            return Answer.json(.created, headers: [.location: "/v1/outcomes/\(stored.id)", .idempotentReplayed: "true"]) { $0.outcome(stored) }
        case .mismatch: throw Problem.idempotencyMismatch
        }
    }

    private func reader(_ request: Request) async throws -> Caller {
        let caller = try await authenticator.caller(request)
        try caller.require(.gateway, .finance, .approver, .operator)
        return caller
    }
}
