internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `/v1/test-clock`, only on servers that run with one.
struct TestClockRoutes: Sendable {
    private enum Field: String, CaseIterable { case to }
    private static let fields = JSONFields<Field>()

    let store: Store
    let authenticator: Authenticator
    /// Runs every job that is due, and returns when all have run.
    let runDueJobs: @Sendable () async throws -> Void

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/test-clock", read)
        table.add(.post, "/v1/test-clock/advance", advance)
    }

    @Sendable private func read(_ request: Request, _ context: PurserContext) async throws -> Response {
        try await authenticator.caller(request).require(.gateway, .finance, .approver, .operator)
        _ = try Query(request)
        return answer(try await store.testClock.refresh())
    }

    @Sendable private func advance(_ request: Request, _ context: PurserContext) async throws -> Response {
        try await authenticator.caller(request).require()
        _ = try Query(request)
        let to = try await RequestBody.decode(request) { reader throws(JSONError) -> Timestamp? in
            var to: Timestamp?
            try reader.object(Self.fields) { _, reader throws(JSONError) in to = try reader.time() }
            return to
        }
        guard let to else { throw Problem.invalid("/to", "say to which time the clock is to go") }
        guard try await store.testClock.advance(to: to) else { throw Problem.invalid("/to", "the clock does not go back") }
        try await runDueJobs()
        return answer(to)
    }

    private func answer(_ now: Timestamp) -> Response {
        Answer.json { writer in
            writer.object { writer in
                writer.name("now")
                writer.time(now)
            }
        }
    }
}
