internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `POST /v1/reservations/{id}/commit`, `/release`, `/extend`: what becomes of a hold.
struct SettlementRoutes: Sendable {
    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.post, "/v1/reservations/{id}/commit", commit)
        table.add(.post, "/v1/reservations/{id}/release", release)
        table.add(.post, "/v1/reservations/{id}/extend", extend)
    }

    @Sendable private func commit(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await gateway(request)
        let id = try context.id("id", of: "reservation for this key")
        let body = try await RequestBody.decode(request) { reader throws(JSONError) in try CommitBody(&reader) }
        let report = try body.report()
        let (outcome, organisation) = try await settle(id, .commit(report, fingerprint: report.fingerprint), caller)
        switch outcome {
        case .settled(let settled): return ReservationAnswer.committed(settled)
        case .replayed(let id, let late): return ReservationAnswer.committed(try await stored(id, late: late, organisation), replayed: true)
        default: throw Problem.internalError
        }
    }

    private enum ReleaseField: String, CaseIterable { case reason }
    private static let releaseFields = JSONFields<ReleaseField>()

    @Sendable private func release(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await gateway(request)
        let id = try context.id("id", of: "reservation for this key")
        let reason = try await RequestBody.decodeIfPresent(request) { reader throws(JSONError) -> String? in
            var reason: String?
            try reader.object(Self.releaseFields) { _, reader throws(JSONError) in
                reason = try reader.optional { reader throws(JSONError) in try reader.label(maximum: 256) }
            }
            return reason
        }
        let (outcome, organisation) = try await settle(id, .release(reason: reason ?? nil), caller)
        switch outcome {
        case .settled(let settled): return ReservationAnswer.released(settled)
        case .replayed(let id, _): return ReservationAnswer.released(try await stored(id, late: false, organisation), replayed: true)
        default: throw Problem.internalError
        }
    }

    private enum ExtendField: String, CaseIterable { case ttl_seconds }
    private static let extendFields = JSONFields<ExtendField>()

    @Sendable private func extend(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await gateway(request)
        let id = try context.id("id", of: "reservation for this key")
        let ttl = try await RequestBody.decode(request) { reader throws(JSONError) -> Int64? in
            var ttl: Int64?
            try reader.object(Self.extendFields) { _, reader throws(JSONError) in ttl = try reader.integer(in: ReserveBody.ttlBounds) }
            return ttl
        }
        guard let ttl else { throw Problem.invalid("/ttl_seconds", "say for how many seconds from now the hold is to live") }
        guard case .extended(let extended, let until) = try await settle(id, .extend(ttlSeconds: ttl), caller).0 else { throw Problem.internalError }
        return ReservationAnswer.extended(extended, until: until)
    }

    private func gateway(_ request: Request) async throws -> Caller {
        let caller = try await authenticator.callerForLane(request)
        try caller.require(.gateway)
        _ = try Query(request)
        return caller
    }

    private func settle(_ id: Identifier, _ action: SettleRequest.Action, _ caller: Caller) async throws -> (Outcome, Identifier) {
        let request = SettleRequest(key: caller.key, reservation: id, action: action)
        let outcome = try await store.lanes.submit(.settle(request), state: caller.state)
        if case .refused(let refusal) = outcome { throw Problem(refusal, now: store.clock.now()) }
        return (outcome, caller.organisation.id)
    }

    private func stored(_ id: Identifier, late: Bool, _ organisation: Identifier) async throws -> SettledHold {
        guard let settled = try await store.reservations.find(id, of: organisation)?.settled(late: late) else { throw Problem.internalError }
        return settled
    }
}
