internal import Hummingbird
internal import JSON
internal import LedgerStore

/// `/v1/schedules`: what the installation does on its own.
struct ScheduleRoutes: Sendable {
    let jobs: JobControl
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/schedules", list)
        table.add(.post, "/v1/schedules/{name}/run", run)
    }

    @Sendable private func list(_ request: Request, _ context: PurserContext) async throws -> Response {
        try await authenticator.caller(request).requireInstallation()
        let query = try Query(request, known: ["limit", "after"])
        let limit = try query.limit()
        let after = query["after"]
        guard after.map(Self.isName) ?? true else { throw Problem.invalid("?after", "send the `next` of the page before") }
        let all = try await jobs.list().sorted { $0.schedule.name < $1.schedule.name }
        let rest = all.filter { status in after.map { status.schedule.name > $0 } ?? true }
        let page = Array(rest.prefix(limit))
        return Answer.list(page, next: rest.count > limit ? page.last?.schedule.name : nil) { $0.schedule($1) }
    }

    /// Lower-case words with hyphens between.
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 == UInt8(ascii: "-") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
    }

    @Sendable private func run(_ request: Request, _ context: PurserContext) async throws -> Response {
        try await authenticator.caller(request).requireInstallation()
        _ = try Query(request)
        let name = context.parameters.get("name") ?? ""
        switch try await jobs.runNow(name) {
        case .ran(let status): return Answer.json { $0.schedule(status) }
        case .goesOn(let status): return Answer.json(.accepted) { $0.schedule(status) }
        case .isRunning: throw Problem.conflict("This job is running already; wait until GET /v1/schedules shows that it ended.")
        case .unknown: throw Problem.notFound("There is no such job; GET /v1/schedules lists them.")
        }
    }
}
