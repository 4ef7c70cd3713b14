internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `/v1/corrections`: which tags calls should have had.
struct CorrectionRoutes: Sendable {
    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/corrections", list)
        table.add(.post, "/v1/corrections", correct)
        table.add(.get, "/v1/corrections/{id}", find)
    }

    @Sendable private func list(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await caller(request)
        let query = try Query(request, known: ["limit", "after"])
        let limit = try query.limit()
        let found = try await store.corrections.list(
            of: caller.organisation.id, bound: caller.key.boundTags, before: try query.after(), limit: limit + 1)
        let page = Array(found.prefix(limit))
        return Answer.list(page, next: found.count > limit ? page.last?.id.description : nil) { $0.correction($1) }
    }

    @Sendable private func find(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await caller(request)
        _ = try Query(request)
        let id = try context.id("id", of: "correction")
        guard let correction = try await store.corrections.find(id, bound: caller.key.boundTags, of: caller.organisation.id) else {
            throw Problem.notFound("There is no such correction.")
        }
        return Answer.json { $0.correction(correction) }
    }

    @Sendable private func correct(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await caller(request)
        let isPreview = try Query(request, known: ["dry_run"]).flag("dry_run")
        // A preview writes nothing that could be written twice.
        let key = isPreview ? "" : try IdempotencyHeader.read(request)
        let body = try await RequestBody.decode(request) { reader throws(JSONError) in try CorrectionBody(&reader) }
        let draft = try body.draft(caller: caller, idempotencyKey: key, now: store.clock.now())
        guard !isPreview else {
            let preview = try await store.corrections.preview(draft, of: caller.organisation.id)
            return Answer.json(capacity: 4_096) { $0.preview(preview, of: draft.tags) }
        }
        switch try await store.corrections.record(draft, of: caller.organisation.id) {
        case .recorded(let stored): return answer(stored)
        case .replayed(let stored): return answer(stored, headers: [.idempotentReplayed: "true"])
        case .mismatch: throw Problem.idempotencyMismatch
        case .refused(let faults): throw Problem.notCorrectable(faults)
        }
    }

    /// 201 once all of it is done, 202 while it is worked on.
    private func answer(_ stored: StoredCorrection, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.location] = "/v1/corrections/\(stored.id)"
        return Answer.json(stored.state == .applied ? .created : .accepted, headers: headers) { $0.correction(stored) }
    }

    private func caller(_ request: Request) async throws -> Caller {
        let caller = try await authenticator.caller(request)
        try caller.require(.finance, .operator)
        return caller
    }
}

extension Problem {
    /// So many of the calls are named.
    private static let longestList = 100

    /// Calls that were named and that nothing can be corrected of.
    fileprivate static func notCorrectable(_ faults: [CorrectionStore.Fault]) -> Problem {
        invalid(
            faults.prefix(longestList).map { fault in
                let detail =
                    switch fault.reason {
                    case .unknown: "there is no such call"
                    case .open: "this hold has not ended; correct it once it is settled"
                    }
                return FieldError(pointer: "/calls/\(fault.index)", detail: detail)
            })
    }
}
