internal import HTTPTypes
internal import Hummingbird
internal import Ledger
internal import LedgerStore

/// `GET /v1/approvals`: what people are asked.
struct ApprovalRoutes: Sendable {
    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/approvals", list)
        table.add(.get, "/v1/approvals/{id}", find)
    }

    @Sendable private func list(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        let query = try Query(request, known: ["limit", "after"])
        let limit = try query.limit()
        let found = try await store.approvals.list(
            of: caller.organisation.id, bound: caller.key.boundTags, before: try query.after(), limit: limit + 1)
        let page = Array(found.prefix(limit))
        return Answer.list(page, next: found.count > limit ? page.last?.id.description : nil) { $0.approval($1) }
    }

    @Sendable private func find(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        _ = try Query(request)
        let id = try context.id("id", of: "approval")
        guard let approval = try await store.approvals.find(id, bound: caller.key.boundTags, of: caller.organisation.id) else {
            throw Problem.notFound("There is no such approval.")
        }
        return Answer.json { $0.approval(approval) }
    }

    private func reader(_ request: Request) async throws -> Caller {
        let caller = try await authenticator.caller(request)
        try caller.require(.gateway, .finance, .approver, .operator)
        return caller
    }
}
