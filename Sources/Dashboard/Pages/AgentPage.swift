internal import Charts
internal import Ledger

/// An agent: what it spends, does, and whether it is stopped.
enum AgentPage {
    static func add(to site: inout Site) {
        site.page("/agents/{agent_id}", show)
    }

    struct Content: Sendable {
        struct Period: Sendable {
            let title: String
            let spent: AmountText
            let detail: String
        }

        struct Stop: Sendable {
            let path: String
            let why: String
            let at: TimeText
            let state: StateText
        }

        let agentState: StateText
        let stopPath: String?
        let periods: [Period]
        let usual: AmountText?
        let openHolds: String?
        let heldNow: AmountText?
        let workflow: String?
        let chart: String?
        let table: RunPages.RunTable?
        let hasRuns: Bool
        let runsPath: String
        let anomalies: AnomalyPages.Table?
        let hasStops: Bool
        let stops: [Stop]
        let suspend: SuspendForm?
    }

    /// How many open holds are added up at most.
    private static let holdLimit = 200
    private static let chartDays: Int64 = 14

    private static func show(_ visit: Visit) async throws -> View {
        let agent = visit.parameter("agent_id")
        let stops: Listing<BreakerPages.Suspension> = try await visit.get(
            ["v1", "suspensions"], [("subject_type", "agent"), ("subject_id", agent), ("limit", "10")])
        let day = try await row(of: agent, days: 1, visit)
        let week = try await row(of: agent, days: 7, visit)
        let holds: Listing<FleetPages.Hold>? = try await visit.getIfAllowed(
            ["v1", "reservations"], [("state", "open"), ("agent_id", agent), ("limit", "\(holdLimit)")])
        let table = try await RunPages.latest(of: agent, visit)
        let anomalies = try await AnomalyPages.latest(of: agent, visit)
        let open = stops.data.first { $0.state == "open" }
        let isKnown = day != nil || week != nil || !stops.data.isEmpty || holds?.data.isEmpty == false || table?.runs.isEmpty == false
        guard isKnown || anomalies != nil else { throw InterfaceProblem.noSuchPage }
        let state =
            open != nil
            ? StateText("Suspended", "bad") : day?.aboveTwiceMedian == true ? StateText("Twice its usual", "warn") : StateText("Running", "good")
        let held = (holds?.data ?? []).reduce(Int64(0)) { $0 &+ (Money($1.held.cost)?.nanos ?? 0) }
        let content = Content(
            agentState: state, stopPath: open.map { Paths.breaker($0.id) },
            periods: [period("Last 24 hours", day, visit), period("Last 7 days", week, visit)].compactMap { $0 },
            usual: visit.money(day?.medianDayCost), openHolds: holds.map { "\($0.data.count)" + ($0.next == nil ? "" : "+") },
            heldNow: holds.map { _ in visit.money(Money(nanos: held).description) }, workflow: day?.workflowName ?? week?.workflowName,
            chart: week == nil ? nil : try await chart(of: agent, visit), table: table,
            hasRuns: table?.runs.isEmpty == false, runsPath: Paths.runs + "?" + Fields.query([("agent_id", agent)]), anomalies: anomalies,
            hasStops: !stops.data.isEmpty,
            stops: stops.data.map { stop in
                Content.Stop(
                    path: Paths.breaker(stop.id), why: stop.rule.map { "\($0): \(stop.reason)" } ?? stop.reason, at: visit.text(stop.openedAt),
                    state: stop.state == "open" ? StateText("Suspended", "bad") : StateText("Lifted", "good"))
            }, suspend: open == nil ? SuspendForm.offered(to: visit.visitor, type: "agent", id: agent) : nil)
        return View(
            "Agent \(agent)", entry: Paths.fleet, crumbs: [View.Crumb("Live fleet", Paths.fleet)], template: "agent", content: content,
            canRefresh: true)
    }

    /// Nil where it spent nothing, or where the visitor sees no reports.
    private static func row(of agent: String, days: Int64, _ visit: Visit) async throws -> FleetPages.AgentRow? {
        let from = FleetPages.hours(before: visit.now, days * 24)
        let report: FleetPages.Report? = try await visit.getIfAllowed(
            ["v1", "reports", "agents"], [("from", from.description), ("agent_id", agent), ("limit", "1")])
        return report?.data.first
    }

    /// What it spent day by day; nil where it spent nothing.
    private static func chart(of agent: String, _ visit: Visit) async throws -> String? {
        let from = visit.days.iso(visit.days.date(visit.now).adding(days: 1 - chartDays))
        let series = try await SpendSeries.ask(
            visit, by: ["model"], interval: "day", query: [("agent_id", agent), ("from", from), ("time_zone", visit.reportZone.name)])
        guard !series.starts.isEmpty else { return nil }
        let title = "Spend a day by model, last \(chartDays) days"
        return SpendCharts(visit: visit).stacked(series, interval: "day", id: "agent", title: title).html
    }

    private static func period(_ title: String, _ row: FleetPages.AgentRow?, _ visit: Visit) -> Content.Period? {
        row.map {
            Content.Period(
                title: title, spent: visit.money($0.cost),
                detail: [($0.calls, "model calls"), ($0.toolCalls, "tool calls"), ($0.failed, "failed")]
                    .map { "\(AmountText(count: $0).text) \($1)" }.joined(separator: ", "))
        }
    }
}
