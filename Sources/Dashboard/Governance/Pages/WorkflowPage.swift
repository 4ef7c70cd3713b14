internal import Charts
internal import Ledger

/// One workflow: who owns it, what it costs day by day and by model, what changed and what that did, and what a result costs.
enum WorkflowPage {
    private static let historyDays: Int64 = 42

    static func add(to site: inout Site) {
        site.page("/workflows/{name}", show)
    }

    struct Content: Sendable {
        struct Agent: Sendable {
            let name: String
            let agentPath: String?
            let cost: AmountText
            let before: AmountText
            let change: ChangeText
            let runsPath: String?
        }

        let owner: String?
        let playbook: String?
        let spent: AmountText
        let before: AmountText
        let change: ChangeText
        let period: String
        let beforePeriod: String
        let models: String?
        let chart: String
        let anomalies: [AnomalyLine]
        let hasAnomalies: Bool
        let economics: EconomicsText?
        let agents: [Agent]
        let hasAgents: Bool
        let steps: String
        let spendPath: String
    }

    private static func show(_ visit: Visit) async throws -> View {
        let name = visit.parameter("name")
        let days = visit.days
        let zone = visit.reportZone.name
        let history = days.iso(days.date(visit.now).adding(days: 1 - historyDays))
        let week = days.iso(days.date(visit.now).adding(days: -6))
        let trends: Reports.Trends = try await visit.get(
            ["v1", "reports", "trends"], [("workflow_name", name), ("from", week), ("time_zone", zone), ("limit", "1")])
        let series = try await SpendSeries.ask(
            visit, by: ["model"], interval: "day", query: [("workflow_name", name), ("from", history), ("time_zone", zone)])
        let agents: Reports.Spend = try await visit.get(
            ["v1", "reports", "spend"], [("workflow_name", name), ("group_by", "agent_id"), ("from", week), ("time_zone", zone), ("limit", "10")])
        let steps: Reports.Spend = try await visit.get(
            ["v1", "reports", "spend"], [("workflow_name", name), ("group_by", "step_name"), ("from", week), ("time_zone", zone), ("limit", "12")])
        let policy: Policies.Version? = try await visit.getIfAllowed(["v1", "policy"])
        let known = policy?.workflows.first { $0.name == name }
        guard known != nil || !series.starts.isEmpty || !trends.data.isEmpty else { throw InterfaceProblem.noSuchPage }
        let economics: Reports.Economics = try await visit.get(
            ["v1", "reports", "unit-economics"], [("workflow_name", name), ("from", historyUTC(visit)), ("limit", "1")])
        let anomalies: Listing<Reports.Anomaly> = try await visit.get(["v1", "anomalies"], [("limit", "200")])
        let own = anomalies.data.filter { $0.workflowName == name }
        let charts = SpendCharts(visit: visit)
        let chart = charts.stacked(
            series, interval: "day", marks: own, id: "workflow", title: "Spend a day by model, last \(historyDays) days")
        let parts = charts.shares(
            steps.data.filter { MoneyText.nanos($0.cost) != 0 }.map { (GroupText.text($0.group, ["step_name"]), $0.cost, Optional($0.previousCost)) },
            id: "steps",
            title: "By step, last 7 days; the mark is the 7 days before")
        func period(_ from: Timestamp, _ to: Timestamp) -> String { "\(days.day(from)) to \(days.day(Timestamp(seconds: to.seconds - 1)))" }
        let content = Content(
            owner: known?.owner, playbook: EnvelopePage.link(known?.playbook), spent: visit.money(trends.totals.cost),
            before: visit.money(trends.totals.previousCost), change: ChangeText(trends.totals.changePercent), period: period(trends.from, trends.to),
            beforePeriod: period(trends.previousFrom, trends.previousTo), models: trends.data.first.flatMap { ModelText.moved($0.models) },
            chart: chart.html, anomalies: own.prefix(10).map { AnomalyLine(visit, $0) }, hasAnomalies: !own.isEmpty,
            economics: economics.data.first.map { EconomicsText(visit, $0) }, agents: agents.data.map { agent(visit, $0) },
            hasAgents: !agents.data.isEmpty, steps: parts.html,
            spendPath: SpendQuestion(Fields([("group_by", "agent_id"), ("where.workflow_name", name), ("interval", "day")])).path)
        return View(name, entry: Places.trends, crumbs: [.init("Trends", Places.trends)], template: "workflow", content: content)
    }

    /// Unit economics count days of UTC.
    private static func historyUTC(_ visit: Visit) -> String {
        let days = DayText(zone: .utc)
        return days.iso(days.date(visit.now).adding(days: 1 - historyDays))
    }

    private static func agent(_ visit: Visit, _ row: Reports.Spend.Row) -> Content.Agent {
        let name = GroupText.value(row.group, "agent_id")
        return Content.Agent(
            name: name ?? GroupText.none, agentPath: name.map { Paths.agent($0) }, cost: visit.money(row.cost), before: visit.money(row.previousCost),
            change: ChangeText(row.changePercent), runsPath: Places.runs(row.links.runs))
    }
}
