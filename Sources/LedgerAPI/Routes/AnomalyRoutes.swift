internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `/v1/anomalies`: spending that is unlike before, and what people say of it.
struct AnomalyRoutes: Sendable {
    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/anomalies", list)
        table.add(.get, "/v1/anomalies/{id}", find)
        table.add(.post, "/v1/anomalies/{id}/close", close)
    }

    @Sendable private func list(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        let query = try Query(request, known: ["limit", "after", "state", "kind", "agent_id"])
        let limit = try query.limit()
        var filter = AnomalyStore.Filter(agentID: query["agent_id"])
        if let text = query["state"] {
            guard let state = StoredAnomaly.State(rawValue: text) else { throw Problem.invalid("?state", "send open or closed") }
            filter.state = state
        }
        if let text = query["kind"] {
            guard let kind = AnomalyKind(rawValue: text) else {
                throw Problem.invalid("?kind", "send one of \(AnomalyKind.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            filter.kind = kind
        }
        let found = try await store.anomalies.list(
            of: caller.organisation.id, filter: filter, bound: caller.key.boundTags, before: try query.after(), limit: limit + 1)
        let page = Array(found.prefix(limit))
        let policy = caller.state.policy
        return Answer.list(page, next: found.count > limit ? page.last?.id.description : nil) {
            $0.anomaly($1, channels: policy.channels(of: $1.owner))
        }
    }

    @Sendable private func find(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        _ = try Query(request)
        let id = try context.id("id", of: "anomaly")
        let anomaly = try await store.anomalies.find(id, bound: caller.key.boundTags, of: caller.organisation.id)
        return try answer(anomaly, caller)
    }

    @Sendable private func close(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require(.finance, .approver, .operator)
        _ = try Query(request)
        let id = try context.id("id", of: "anomaly")
        let body = try await RequestBody.decode(request) { reader throws(JSONError) in try ClosureBody(&reader) }
        let (isExpected, reason) = try body.parts()
        let closing = try await store.anomalies.close(
            id, isExpected: isExpected, reason: reason, author: caller.author, bound: caller.key.boundTags, of: caller.organisation.id)
        switch closing {
        case .closed(let anomaly): return try answer(anomaly, caller)
        case .conflict(let anomaly):
            let how = anomaly.closure.map { "as \($0.outcome.rawValue) at \($0.at)" } ?? "otherwise"
            throw Problem.conflict("The anomaly was closed \(how); nothing was changed.")
        case nil: return try answer(nil, caller)
        }
    }

    private func answer(_ anomaly: StoredAnomaly?, _ caller: Caller) throws -> Response {
        guard let anomaly else { throw Problem.notFound("There is no such anomaly.") }
        return Answer.json { $0.anomaly(anomaly, channels: caller.state.policy.channels(of: anomaly.owner)) }
    }

    private func reader(_ request: Request) async throws -> Caller {
        let caller = try await authenticator.caller(request)
        try caller.require(.gateway, .finance, .approver, .operator)
        return caller
    }
}
