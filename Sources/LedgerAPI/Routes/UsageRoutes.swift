internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `POST /v1/usage`: a charge for a call that never reserved.
struct UsageRoutes: Sendable {
    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.post, "/v1/usage", create)
    }

    @Sendable private func create(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.callerForLane(request)
        try caller.require(.gateway)
        _ = try Query(request)
        let idempotencyKey = try IdempotencyHeader.read(request)
        let body = try await RequestBody.decode(request) { reader throws(JSONError) in try UsageBody(&reader) }
        let charge = try body.request(key: caller.key, idempotencyKey: idempotencyKey)
        switch try await store.lanes.submit(.charge(charge), state: caller.state) {
        case .settled(let settled): return ReservationAnswer.charged(settled)
        case .replayed(let id, _):
            guard let settled = try await store.reservations.charge(id, of: caller.organisation.id) else { throw Problem.internalError }
            return ReservationAnswer.charged(settled, replayed: true)
        case .refused(let refusal): throw Problem(refusal, now: store.clock.now())
        default: throw Problem.internalError
        }
    }
}
