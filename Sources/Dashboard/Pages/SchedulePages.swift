internal import Ledger
internal import WebText

/// What Purser does by itself: last, next, missed.
enum SchedulePages {
    private struct Schedule: Decodable, Sendable {
        let name: String
        let every: String
        let nextAt: Timestamp
        let lastAt: Timestamp?
        let lastState: String?
        let lastError: String?
        let missed: Int64
        let runs: Int64
        let failures: Int64
        let lateSeconds: Int64
        let running: Bool
    }

    struct Content: Sendable {
        struct Row: Sendable {
            let name: String
            let every: String
            let state: StateText
            let error: String?
            let lastAt: TimeText?
            let nextAt: TimeText
            let missed: String
            let failures: String
            let runs: String
            let action: String
        }

        let rows: [Row]
        let fault: String?
        let more: String?
    }

    static func add(to site: inout Site) {
        site.page("/schedules") { try await list($0) }
        site.action("/schedules/{name}/run", run)
    }

    private static func list(_ visit: Visit, attempt: Attempt? = nil) async throws -> View {
        let found: Listing<Schedule> = try await visit.get(["v1", "schedules"], [("after", visit.query["after"])])
        let content = Content(
            rows: found.data.map { job in
                Content.Row(
                    name: job.name, every: job.every, state: state(job), error: job.lastError, lastAt: visit.text(job.lastAt),
                    nextAt: visit.text(job.nextAt), missed: AmountText(count: job.missed).text, failures: AmountText(count: job.failures).text,
                    runs: AmountText(count: job.runs).text, action: Site.root + URLText.path(["schedules", job.name, "run"]))
            }, fault: attempt?.problem?.detail, more: Paths.next(Paths.schedules, found.next))
        return View("Schedules", entry: Paths.schedules, template: "schedules", content: content)
    }

    private static func run(_ visit: Visit) async throws -> Reply {
        let name = visit.parameter("name")
        return try await visit.send(
            to: Paths.schedules,
            {
                let job: Schedule = try await visit.post(["v1", "schedules", name, "run"])
                return job.running ? "\(name) runs; this page shows when it has ended." : "\(name) ran."
            }, orShow: { try await list(visit, attempt: $0) })
    }

    private static func state(_ job: Schedule) -> StateText {
        if job.running { return StateText("Running", "good") }
        if job.lastState == "failed" { return StateText("Failed", "bad") }
        if job.lateSeconds > 60 { return StateText("\(job.lateSeconds) s late", "warn") }
        return job.lastAt == nil ? StateText("Not yet") : StateText("Well", "good")
    }
}
