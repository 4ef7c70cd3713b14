internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `GET /v1/tags/schema`: which tags calls must carry, as JSON Schema.
struct TagRoutes: Sendable {
    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/tags/schema", schema)
    }

    @Sendable private func schema(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require(.gateway, .finance, .approver, .operator)
        _ = try Query(request)
        let now = store.clock.now()
        return Answer.json(headers: [.contentType: "application/schema+json"]) { $0.tagSchema(caller.state.policy.tagRules, at: now) }
    }
}
