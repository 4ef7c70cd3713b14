internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `/v1/route-trials`: cheaper routes that are tried for a workflow, and kept or rolled back by what comes of it.
struct RouteTrialRoutes: Sendable {
    private enum Field: String, CaseIterable { case reason }
    private static let fields = JSONFields<Field>()

    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/route-trials", list)
        table.add(.post, "/v1/route-trials", begin)
        table.add(.get, "/v1/route-trials/{id}", find)
        table.add(.post, "/v1/route-trials/{id}/end", end)
    }

    @Sendable private func list(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        let query = try Query(request, known: ["workflow_name", "limit", "after"])
        let limit = try query.limit()
        let before = try query.after()
        let bound = caller.key.boundTags
        let workflow = query["workflow_name"] ?? bound["workflow_name"]
        // A key that is bound sees what concerns its own workflow, if it is bound to one, and to nothing else.
        guard bound.isEmpty || workflow.map({ bound.areOfAll(workflow: $0) }) ?? false else {
            return Answer.list([StoredRouteTrial](), next: nil) { $0.routeTrial($1) }
        }
        let found = try await store.routeTrials.list(of: caller.organisation.id, workflow: workflow, before: before, limit: limit + 1)
        let page = Array(found.prefix(limit))
        return Answer.list(page, next: found.count > limit ? page.last?.id.description : nil) { $0.routeTrial($1) }
    }

    @Sendable private func find(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        _ = try Query(request)
        let trial = try await trial(context, caller)
        return Answer.json { $0.routeTrial(trial) }
    }

    @Sendable private func begin(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await decider(request)
        _ = try Query(request)
        let body = try await RequestBody.decode(request) { reader throws(JSONError) in try RouteTrialBody(&reader) }
        let draft = try body.draft(author: caller.author, routes: caller.state.policy.routes)
        guard Self.isWithin(draft.workflow, caller) else {
            throw Problem.forbidden("The key is bound to tags; it tries routes only where these are one workflow_name alone.")
        }
        switch try await store.routeTrials.begin(draft, policy: caller.state.policy, of: caller.organisation.id) {
        case .begun(let trial):
            return Answer.json(.created, headers: [.location: "/v1/route-trials/\(trial.id)"]) { $0.routeTrial(trial) }
        case .conflict:
            throw Problem.conflict("The workflow '\(draft.workflow)' has a trial that is on, which GET /v1/route-trials lists; end it first.")
        case .tooMany(let limit): throw Problem.conflict("\(limit) trials are on, which is the most; end one first.")
        }
    }

    @Sendable private func end(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await decider(request)
        _ = try Query(request)
        let known = try await trial(context, caller)
        let reason = try await RequestBody.decode(request) { reader throws(JSONError) -> String? in
            var reason: String?
            try reader.object(Self.fields) { _, reader throws(JSONError) in reason = try reader.label(maximum: 1_024) }
            return reason
        }
        guard let reason else { throw Problem.invalid("/reason", "say why; it is kept in the history") }
        let ended = try await store.routeTrials.end(
            known.id, reason: reason, author: caller.author, policy: caller.state.policy, of: caller.organisation.id)
        guard let ended else { throw Problem.internalError }
        return Answer.json { $0.routeTrial(ended) }
    }

    // MARK: - Parts

    private func trial(_ context: PurserContext, _ caller: Caller) async throws -> StoredRouteTrial {
        let id = try context.id("id", of: "route trial")
        guard let found = try await store.routeTrials.find(id, of: caller.organisation.id), Self.isWithin(found.workflow, caller) else {
            throw Problem.notFound("There is no such route trial.")
        }
        return found
    }

    private static func isWithin(_ workflow: String, _ caller: Caller) -> Bool {
        caller.key.boundTags.areOfAll(workflow: workflow)
    }

    /// Who routes calls: those who run the platform, and those who pay.
    private func decider(_ request: Request) async throws -> Caller {
        let caller = try await authenticator.caller(request)
        try caller.require(.finance, .operator)
        return caller
    }

    private func reader(_ request: Request) async throws -> Caller {
        let caller = try await authenticator.caller(request)
        try caller.require(.finance, .approver, .operator)
        return caller
    }
}
