internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `POST` and `GET /v1/reservations`, `GET /v1/reservations/{id}`: opening holds and looking at them.
struct ReservationRoutes: Sendable {
    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.post, "/v1/reservations", create)
        table.add(.get, "/v1/reservations", list)
        table.add(.get, "/v1/reservations/{id}", find)
    }

    @Sendable private func create(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.callerForLane(request)
        // The lane knows nothing of a person's names.
        if caller.key.isPerson { _ = try authenticator.admitted(caller) }
        try caller.require(.gateway)
        _ = try Query(request)
        let idempotencyKey = try IdempotencyHeader.read(request)
        let body = try await RequestBody.decode(request) { reader throws(JSONError) in try ReserveBody(&reader) }
        let reserve = try body.request(key: caller.key, idempotencyKey: idempotencyKey)
        switch try await store.lanes.submit(.reserve(reserve), state: caller.state) {
        case .admitted(let hold): return ReservationAnswer.created(hold)
        case .replayed(let id, _):
            guard let stored = try await store.reservations.find(id, of: caller.organisation.id) else { throw Problem.internalError }
            return ReservationAnswer.created(stored.admitted, replayed: true)
        case .refused(let refusal): throw Problem(refusal, now: store.clock.now())
        default: throw Problem.internalError
        }
    }

    private static let listParameters: Set<String> = ["state", "limit", "after"]

    @Sendable private func list(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require(.gateway, .finance, .operator)
        let query = try Query(request, known: Self.listParameters, takesTags: true)
        if let state = query["state"], state != "open" { throw Problem.invalid("?state", "send open, or leave it out for all") }
        let limit = try query.limit()
        let asked = try query.tags(except: Self.listParameters)
        // A key that is bound to tags sees its own only; asking for others finds nothing.
        guard let tags = caller.key.complete(asked) else { return Answer.list([StoredReservation](), next: nil) { $0.reservation($1) } }
        let found = try await store.reservations.list(
            of: caller.organisation.id, openOnly: query["state"] == "open", tags: tags, after: try query.after(), limit: limit + 1)
        let page = Array(found.prefix(limit))
        return Answer.list(page, next: found.count > limit ? page.last?.id.description : nil) { $0.reservation($1) }
    }

    @Sendable private func find(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require(.gateway, .finance, .operator)
        _ = try Query(request)
        let id = try context.id("id", of: "reservation for this key")
        guard let stored = try await store.reservations.find(id, of: caller.organisation.id), stored.tags.contains(caller.key.boundTags)
        else { throw Problem.notFound("There is no such reservation for this key.") }
        return Answer.json { $0.reservation(stored) }
    }
}
