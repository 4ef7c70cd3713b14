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

    // MARK: - Asking

    private struct Asked {
        let workflow: Policies.Workflow?
        let trends: Reports.Trends
        let series: SpendSeries
        let agents: Reports.Spend
        let steps: Reports.Spend
        let economics: Reports.Economics
        let anomalies: [Reports.Anomaly]
    }

    private static func ask(_ visit: Visit, _ name: String) async throws -> Asked {
        let today = visit.days.date(visit.now)
        func since(_ days: Int64) -> [(String, String?)] {
            [("workflow_name", name), ("from", visit.days.iso(today.adding(days: 1 - days))), ("time_zone", visit.reportZone.name)]
        }
        let policy: Policies.Version? = try await visit.getIfAllowed(["v1", "policy"])
        let anomalies: Listing<Reports.Anomaly> = try await visit.get(["v1", "anomalies"], [("limit", "200")])
        return Asked(
            workflow: policy?.workflows.first { $0.name == name },
            trends: try await visit.get(["v1", "reports", "trends"], since(7) + [("limit", "1")]),
            series: try await SpendSeries.ask(visit, by: ["model"], interval: "day", query: since(historyDays)),
            agents: try await visit.get(["v1", "reports", "spend"], since(7) + [("group_by", "agent_id"), ("limit", "10")]),
            steps: try await visit.get(["v1", "reports", "spend"], since(7) + [("group_by", "step_name"), ("limit", "12")]),
            economics: try await visit.get(
                ["v1", "reports", "unit-economics"], [("workflow_name", name), ("from", historyUTC(visit)), ("limit", "1")]),
            anomalies: anomalies.data.filter { $0.workflowName == name })
    }

    private static func show(_ visit: Visit) async throws -> View {
        let name = visit.parameter("name")
        let asked = try await ask(visit, name)
        guard asked.workflow != nil || !asked.series.starts.isEmpty || !asked.trends.data.isEmpty else { throw InterfaceProblem.noSuchPage }
        return View(
            name, entry: Paths.trends, crumbs: [.init("Trends", Paths.trends)], template: "workflow", content: content(visit, name, asked))
    }

    private static func content(_ visit: Visit, _ name: String, _ asked: Asked) -> Content {
        let charts = SpendCharts(visit: visit)
        let chart = charts.stacked(
            asked.series, interval: "day", marks: asked.anomalies, id: "workflow", title: "Spend a day by model, last \(historyDays) days")
        let steps = asked.steps.data.filter { MoneyText.nanos($0.cost) != 0 }
            .map { (GroupText.text($0.group, ["step_name"]), $0.cost, Optional($0.previousCost)) }
        let parts = charts.shares(steps, id: "steps", title: "By step, last 7 days; the mark is the 7 days before")
        let trends = asked.trends
        return Content(
            owner: asked.workflow?.owner, playbook: EnvelopePage.link(asked.workflow?.playbook), spent: visit.money(trends.totals.cost),
            before: visit.money(trends.totals.previousCost), change: ChangeText(trends.totals.changePercent),
            period: visit.days.period(trends.from, trends.to), beforePeriod: visit.days.period(trends.previousFrom, trends.previousTo),
            models: trends.data.first.flatMap { ModelText.moved($0.models) }, chart: chart.html,
            anomalies: asked.anomalies.prefix(10).map { AnomalyLine(visit, $0) }, hasAnomalies: !asked.anomalies.isEmpty,
            economics: asked.economics.data.first.map { EconomicsText(visit, $0) }, agents: asked.agents.data.map { agent(visit, $0) },
            hasAgents: !asked.agents.data.isEmpty, steps: parts.html,
            spendPath: SpendQuestion(Fields([("group_by", "agent_id"), ("where.workflow_name", name), ("interval", "day")])).path)
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
            change: ChangeText(row.changePercent), runsPath: Paths.runs(by: row.links.runs))
    }
}
