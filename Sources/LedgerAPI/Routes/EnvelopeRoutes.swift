internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `GET /v1/envelopes`, one of them, and its balances.
struct EnvelopeRoutes: Sendable {
    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/envelopes", list)
        table.add(.get, "/v1/envelopes/{name}", find)
        table.add(.get, "/v1/envelopes/{name}/balances", balances)
    }

    @Sendable private func list(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        let query = try Query(request, known: ["limit", "after"])
        let limit = try query.limit()
        var envelopes = caller.state.policy.envelopes[...]
        if let after = query["after"] {
            guard let index = envelopes.firstIndex(where: { $0.name == after }) else {
                throw Problem.invalid("?after", "send the `next` of the page before")
            }
            envelopes = envelopes[(index + 1)...]
        }
        let page = Array(envelopes.prefix(limit))
        return Answer.list(page, next: envelopes.count > limit ? page.last?.name : nil) {
            $0.envelope($1, policyVersion: caller.state.policy.version)
        }
    }

    @Sendable private func find(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        _ = try Query(request)
        let envelope = try envelope(context, caller)
        return Answer.json { $0.envelope(envelope, policyVersion: caller.state.policy.version) }
    }

    private static let balanceParameters: Set<String> = ["limit", "after", "window"]

    @Sendable private func balances(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        let query = try Query(request, known: Self.balanceParameters, takesTags: true)
        let envelope = try envelope(context, caller)
        if let window = query["window"], window != "all" { throw Problem.invalid("?window", "send all, or leave it out for the present windows") }
        let limit = try query.limit()
        let found = try await store.balances.list(
            envelope: envelope.name, policy: caller.state.policy, tags: try query.tags(except: Self.balanceParameters),
            allWindows: query["window"] == "all", after: try query.after(), limit: limit + 1, of: caller.organisation.id)
        let page = Array(found.prefix(limit))
        return Answer.list(page, next: found.count > limit ? page.last?.identity.id.description : nil) { $0.balance($1) }
    }

    private func reader(_ request: Request) async throws -> Caller {
        let caller = try await authenticator.caller(request)
        try caller.require(.gateway, .finance, .approver, .operator)
        return caller
    }

    private func envelope(_ context: PurserContext, _ caller: Caller) throws -> Envelope {
        guard let name = context.parameters.get("name"), let envelope = caller.state.policy.envelope(named: name) else {
            throw Problem.notFound("The policy in force has no such envelope.")
        }
        return envelope
    }
}
