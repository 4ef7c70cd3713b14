internal import HTTPTypes
internal import Hummingbird
internal import Ledger
internal import LedgerStore

/// `GET /v1/alerts`: what owners are told.
struct AlertRoutes: Sendable {
    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/alerts", list)
    }

    @Sendable private func list(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require(.gateway, .finance, .approver, .operator)
        let query = try Query(request, known: ["limit", "after", "envelope"])
        let limit = try query.limit()
        let found = try await store.alerts.list(
            of: caller.organisation.id, envelope: query["envelope"], bound: caller.key.boundTags, before: try query.after(), limit: limit + 1)
        let page = Array(found.prefix(limit))
        return Answer.list(page, next: found.count > limit ? page.last?.id.description : nil) { $0.alert($1) }
    }
}
