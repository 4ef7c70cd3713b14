internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `GET /v1/runs/{run_id}`: what one agent task did, step by step.
struct RunRoutes: Sendable {
    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/runs/{run_id}", find)
    }

    @Sendable private func find(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require(.gateway, .finance, .approver, .operator)
        let query = try Query(request, known: ["limit", "after"])
        let limit = try query.limit()
        let after = try query.after()
        // A longer one can be no tag of a call.
        guard let run = context.parameters.get("run_id").flatMap(RunPath.unescaped), (1...Tags.maximumValueLength).contains(run.unicodeScalars.count),
            let found = try await store.runs.find(run, bound: caller.key.boundTags, after: after, limit: limit, state: caller.state)
        else { throw Problem.notFound("There is no call of such a run that this key may see.") }
        return Answer.json(capacity: 2_048 + found.steps.count * 1_024) { $0.run(found, at: store.clock.now()) }
    }
}
