internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `/v1/suspensions`: whom a circuit breaker or a person has stopped.
struct SuspensionRoutes: Sendable {
    private enum LiftField: String, CaseIterable { case reason, allow_steps }
    private static let liftFields = JSONFields<LiftField>()
    private static let stepBounds: ClosedRange<Int64> = 1...1_000

    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/suspensions", list)
        table.add(.post, "/v1/suspensions", open)
        table.add(.get, "/v1/suspensions/{id}", find)
        table.add(.post, "/v1/suspensions/{id}/lift", lift)
    }

    // MARK: - Reading

    @Sendable private func list(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        let query = try Query(request, known: ["limit", "after", "state", "subject_type", "subject_id"])
        let limit = try query.limit()
        var filter = SuspensionStore.Filter(subjectID: query["subject_id"])
        filter.state = try choice(query, "state", of: StoredSuspension.State.self)
        filter.kind = try choice(query, "subject_type", of: Subject.Kind.self)
        let found = try await store.suspensions.list(
            of: caller.organisation.id, filter: filter, scope: scope(caller), before: try query.after(), limit: limit + 1)
        let page = Array(found.prefix(limit))
        return Answer.list(page, next: found.count > limit ? page.last?.id.description : nil) { $0.suspension($1) }
    }

    @Sendable private func find(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        _ = try Query(request)
        let suspension = try await suspension(context, caller)
        return Answer.json { $0.suspension(suspension) }
    }

    // MARK: - By hand

    @Sendable private func open(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await warden(request)
        _ = try Query(request)
        let key = request.headers[.idempotencyKey] == nil ? nil : try IdempotencyHeader.read(request)
        let body = try await RequestBody.decode(request) { reader throws(JSONError) in try SuspensionBody(&reader) }
        let draft = try body.draft(author: caller.author, idempotencyKey: key)
        try await check(draft.subject, caller)
        switch try await store.suspensions.open(draft, of: caller.organisation.id) {
        case .opened(let made):
            return Answer.json(.created, headers: [.location: "/v1/suspensions/\(made.id)"]) { $0.suspension(made) }
        case .known(let known): return Answer.json { $0.suspension(known) }
        case .replayed(let known): return Answer.json(headers: [.idempotentReplayed: "true"]) { $0.suspension(known) }
        case .mismatch: throw Problem.idempotencyMismatch
        }
    }

    @Sendable private func lift(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await warden(request)
        _ = try Query(request)
        let known = try await suspension(context, caller)
        guard scope(caller).contains(known.suspension.subject) else { throw Self.outOfScope }
        let body = try await RequestBody.decode(request) { reader throws(JSONError) in
            var body: (reason: String?, steps: Int64?) = (nil, nil)
            try reader.object(Self.liftFields) { field, reader throws(JSONError) in
                switch field {
                case .reason: body.reason = try reader.label(maximum: 1_024)
                case .allow_steps: body.steps = try reader.optional { reader throws(JSONError) in try reader.integer(in: Self.stepBounds) }
                }
            }
            return body
        }
        guard let reason = body.reason else { throw Problem.invalid("/reason", "say why; it is kept in the history") }
        let lifted = try await store.suspensions.lift(
            known.id, reason: reason, author: caller.author, allowSteps: body.steps, of: caller.organisation.id)
        guard let lifted, lifted.state == .lifted else { throw Problem.internalError }
        return Answer.json { $0.suspension(lifted) }
    }

    // MARK: - Parts

    private static let outOfScope = Problem.forbidden(
        "The key is bound to tags; it suspends and lifts only what these tags name, and keys that are bound to all of them.")

    /// Whether a key may suspend a subject, and whether there is such a subject where that can be known.
    private func check(_ subject: Subject, _ caller: Caller) async throws {
        guard scope(caller).contains(subject) else { throw Self.outOfScope }
        if subject.kind == .key {
            guard let id = Identifier(subject.id), try await store.keys.find(id, of: caller.organisation.id) != nil else {
                throw Problem.invalid("/subject/id", "no key of the organisation has this id")
            }
        }
        // So that somebody is left who can lift it.
        let stopped = Guards(suspensions: [Suspension(id: .none, subject: subject, rule: nil, reason: "", openedAt: store.clock.now())])
        guard caller.suspension(in: stopped) == nil else {
            throw Problem.conflict("This would stop the key that asks for it; use another one, which can lift it again.")
        }
    }

    private func choice<Value: RawRepresentable<String> & CaseIterable>(_ query: Query, _ name: String, of: Value.Type) throws -> Value? {
        guard let text = query[name] else { return nil }
        guard let value = Value(rawValue: text) else {
            throw Problem.invalid("?\(name)", "send one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return value
    }

    private func scope(_ caller: Caller) -> SuspensionScope { SuspensionScope(caller.key, keys: caller.state.keys) }

    private func suspension(_ context: PurserContext, _ caller: Caller) async throws -> StoredSuspension {
        let id = try context.id("id", of: "suspension")
        guard let found = try await store.suspensions.find(id, scope: scope(caller), of: caller.organisation.id) else {
            throw Problem.notFound("There is no such suspension.")
        }
        return found
    }

    /// Who stops and lets go: those who run the platform.
    private func warden(_ request: Request) async throws -> Caller {
        let caller = try await authenticator.caller(request)
        try caller.require(.operator)
        return caller
    }

    private func reader(_ request: Request) async throws -> Caller {
        let caller = try await authenticator.caller(request)
        try caller.require(.gateway, .finance, .approver, .operator)
        return caller
    }
}
