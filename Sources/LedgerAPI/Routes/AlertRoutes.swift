internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `/v1/alerts`: what owners are told, and who has seen it.
struct AlertRoutes: Sendable {
    private enum Field: String, CaseIterable { case note }
    private static let fields = JSONFields<Field>()

    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/alerts", list)
        table.add(.get, "/v1/alerts/{id}", find)
        table.add(.post, "/v1/alerts/{id}/acknowledge", acknowledge)
    }

    @Sendable private func list(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        let query = try Query(request, known: ["limit", "after", "envelope"])
        let limit = try query.limit()
        let found = try await store.alerts.list(
            of: caller.organisation.id, envelope: query["envelope"], bound: caller.key.boundTags, before: try query.after(), limit: limit + 1)
        let page = Array(found.prefix(limit))
        let policy = caller.state.policy
        return Answer.list(page, next: found.count > limit ? page.last?.id.description : nil) {
            $0.alert($1, channels: policy.channels(of: $1.owner))
        }
    }

    @Sendable private func find(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        _ = try Query(request)
        let id = try context.id("id", of: "alert")
        return try answer(try await store.alerts.find(id, bound: caller.key.boundTags, of: caller.organisation.id), caller)
    }

    @Sendable private func acknowledge(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require(.finance, .approver, .operator)
        _ = try Query(request)
        let id = try context.id("id", of: "alert")
        let note = try await RequestBody.decodeIfPresent(request) { reader throws(JSONError) -> String? in
            var note: String?
            try reader.object(Self.fields) { _, reader throws(JSONError) in
                note = try reader.optional { reader throws(JSONError) in try reader.label(maximum: 1_024) }
            }
            return note
        }
        let alert = try await store.alerts.acknowledge(
            id, note: note ?? nil, author: caller.author, bound: caller.key.boundTags, of: caller.organisation.id)
        return try answer(alert, caller)
    }

    private func answer(_ alert: StoredAlert?, _ caller: Caller) throws -> Response {
        guard let alert else { throw Problem.notFound("There is no such alert.") }
        return Answer.json { $0.alert(alert, channels: caller.state.policy.channels(of: alert.owner)) }
    }

    private func reader(_ request: Request) async throws -> Caller {
        let caller = try await authenticator.caller(request)
        try caller.require(.gateway, .finance, .approver, .operator)
        return caller
    }
}
