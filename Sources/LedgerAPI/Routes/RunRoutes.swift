internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore
internal import WebText

/// `/v1/runs`: agent tasks, and what one of them did, step by step.
struct RunRoutes: Sendable {
    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/runs", list)
        table.add(.get, "/v1/runs/{run_id}", find)
    }

    /// Of a list that does not say from when.
    private static let usualSeconds: Int64 = 30 * 86_400
    /// The filters that are tags of a run's dearest call.
    private static let filterTags = ["agent_id", "workflow_name", "user_id"]

    @Sendable private func list(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require(.gateway, .finance, .approver, .operator)
        let query = try Query(request, known: Set(["limit", "after", "sort", "from", "to", "model"] + Self.filterTags))
        let limit = try query.limit()
        var order = RunListing.Order.recent
        if let text = query["sort"] {
            guard let known = RunListing.Order(rawValue: text) else { throw Problem.invalid("?sort", "send recent or cost") }
            order = known
        }
        // What was settled at this very moment is in.
        let to = try query.time("to") ?? store.clock.now().adding(seconds: 1)
        let from = try query.time("from") ?? to.adding(seconds: -Self.usualSeconds)
        guard from < to else { throw Problem.invalid("?to", "send a time after `from`") }
        let tags = Tags(Self.filterTags.compactMap { name in query[name].map { Tags.Tag(name: name, value: $0) } })
        let found = try await store.runList.list(
            of: caller.organisation.id, RunListing.Filter(from: from, to: to, tags: tags, model: query["model"]), by: order,
            bound: caller.key.boundTags, after: try query.after(), limit: limit + 1)
        let page = Array(found.prefix(limit))
        return Answer.list(page, next: found.count > limit ? page.last?.id.description : nil) { $0.run($1) }
    }

    @Sendable private func find(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require(.gateway, .finance, .approver, .operator)
        let query = try Query(request, known: ["limit", "after"])
        let limit = try query.limit()
        let after = try query.after()
        // A longer one can be no tag of a call, and text of the database has no U+0000.
        guard let run = context.parameters.get("run_id").flatMap({ URLText.unescaped($0.utf8) }),
            (1...Tags.maximumValueLength).contains(run.unicodeScalars.count),
            !run.unicodeScalars.contains("\0"),
            let found = try await store.runs.find(
                run, bound: caller.key.boundTags, scope: SuspensionScope(caller.key, keys: caller.state.keys), after: after, limit: limit,
                state: caller.state)
        else { throw Problem.notFound("There is no call of such a run that this key may see.") }
        return Answer.json(capacity: 2_048 + found.steps.count * 1_024) { $0.run(found, at: store.clock.now()) }
    }
}
