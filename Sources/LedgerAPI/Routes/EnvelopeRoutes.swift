internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `/v1/envelopes`: the policy's envelopes, their balances, and what people do to them.
struct EnvelopeRoutes: Sendable {
    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/envelopes", list)
        table.add(.get, "/v1/envelopes/{name}", find)
        table.add(.get, "/v1/envelopes/{name}/balances", balances)
        table.add(.post, "/v1/envelopes/{name}/adjustments", adjust)
        table.add(.post, "/v1/envelopes/{name}/freeze") { try await setFrozen(true, $0, $1) }
        table.add(.post, "/v1/envelopes/{name}/unfreeze") { try await setFrozen(false, $0, $1) }
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
            $0.envelope($1, policy: caller.state.policy, freeze: caller.state.guards.freeze(of: $1.name))
        }
    }

    @Sendable private func find(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        _ = try Query(request)
        let envelope = try envelope(context, caller)
        let organisation = caller.organisation.id
        let downgraded = try await store.envelopes.downgraded(of: envelope, bound: caller.key.boundTags, organisation: organisation)
            .filter { envelope.plan.downgradeTiers.contains($0.tier) }
        let events = try await store.events.recent(
            of: organisation, envelope: envelope.name, bound: caller.key.boundTags, limit: Self.recentEvents)
        return Answer.json { writer in
            writer.envelope(envelope, policy: caller.state.policy, freeze: caller.state.guards.freeze(of: envelope.name)) { writer in
                writer.name("downgraded")
                writer.array(downgraded) { $0.downgraded($1) }
                writer.name("recent_events")
                writer.array(events) { $0.event($1) }
            }
        }
    }

    /// How many of an envelope's events its answer shows.
    private static let recentEvents = 20

    // MARK: - By hand

    @Sendable private func adjust(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require(.finance, .operator)
        _ = try Query(request)
        let envelope = try envelope(context, caller)
        // Without a key of the caller's the request has one of its own, by which the lane knows it again.
        let key = request.headers[.idempotencyKey] == nil ? "\(Identifier.fresh(at: store.clock.now()))" : try IdempotencyHeader.read(request)
        let body = try await RequestBody.decode(request) { reader throws(JSONError) in try AdjustmentBody(&reader, meter: envelope.meter) }
        guard body.concerns(caller.key.boundTags) else {
            throw Problem.forbidden("The key is bound to tags; it adjusts only balances of these tags.")
        }
        let adjustment = try body.request(caller: caller, envelope: envelope.name, idempotencyKey: key)
        let (id, isReplay): (Identifier, Bool)
        switch try await store.lanes.submit(.adjust(adjustment), state: caller.state) {
        case .adjusted(let fact): (id, isReplay) = (fact, false)
        case .replayed(let fact, _): (id, isReplay) = (fact, true)
        case .refused(let refusal): throw Problem(refusal, now: store.clock.now())
        default: throw Problem.internalError
        }
        guard let stored = try await store.envelopes.adjustment(id, of: caller.organisation.id) else { throw Problem.internalError }
        return Answer.json(.created, headers: isReplay ? [.idempotentReplayed: "true"] : [:]) { $0.adjustment(stored) }
    }

    private enum ReasonField: String, CaseIterable { case reason }
    private static let reasonFields = JSONFields<ReasonField>()

    private func setFrozen(_ isFrozen: Bool, _ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require(.finance, .operator)
        _ = try Query(request)
        guard caller.key.boundTags.isEmpty else {
            throw Problem.forbidden("The key is bound to tags; an envelope is everybody's, so another key must freeze it.")
        }
        let name = context.parameters.get("name") ?? ""
        // What was frozen can be unfrozen even after the policy has dropped it.
        guard caller.state.policy.envelope(named: name) != nil || caller.state.guards.freeze(of: name) != nil else {
            throw Problem.notFound("The policy in force has no such envelope.")
        }
        let reason = try await RequestBody.decode(request) { reader throws(JSONError) -> String? in
            var reason: String?
            try reader.object(Self.reasonFields) { _, reader throws(JSONError) in reason = try reader.label(maximum: 1_024) }
            return reason
        }
        guard let reason else { throw Problem.invalid("/reason", "say why; it is kept in the history") }
        guard !isFrozen || caller.state.policy.envelope(named: name)?.mode == .enforce else {
            throw Problem.conflict("The envelope is in shadow mode and stops nothing; enforce it before you freeze it.")
        }
        guard
            try await store.envelopes.setFrozen(
                isFrozen, envelope: name, policy: caller.state.policy, reason: reason, author: caller.author, organisation: caller.organisation.id)
        else { throw Problem.conflict("The envelope is \(isFrozen ? "frozen already" : "not frozen"); nothing was changed.") }
        let state = try await store.organisations.current(caller.organisation.name) ?? caller.state
        let freeze = state.guards.freeze(of: name)
        return Answer.json { writer in
            writer.object { writer in
                writer.name("name")
                writer.string(name)
                writer.name("frozen")
                if let freeze { writer.object { $0.freeze(freeze) } } else { writer.null() }
            }
        }
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
            bound: caller.key.boundTags,
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

extension JSONWriter {
    fileprivate mutating func downgraded(_ balance: DowngradedBalance) {
        object { writer in
            writer.name("balance_id")
            writer.id(balance.balance)
            writer.name("to")
            writer.string(balance.tier)
            writer.name("reason")
            writer.string(balance.reason)
            writer.name("since")
            writer.time(balance.since)
            writer.name("until")
            writer.time(balance.until)
        }
    }
}
