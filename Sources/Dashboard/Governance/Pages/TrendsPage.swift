internal import Charts
internal import Ledger

/// Who moved: teams, cost centres, workflows or others against as much time before, with anomalies marked.
enum TrendsPage {
    /// As links above the page.
    private static let dimensions = ["team_id", "cost_center", "workflow_name", "product", "agent_id", "model"]
    private static let spans: [(days: Int64, title: String)] = [(7, "7 days"), (14, "14 days"), (28, "28 days")]
    private static let historyDays: Int64 = 28
    private static let sparklineRows = 2_000

    static func add(to site: inout Site) {
        site.page("/trends", show)
    }

    struct Content: Sendable {
        struct Row: Sendable {
            let name: String
            let groupPath: String?
            let spendPath: String
            let cost: AmountText
            let before: AmountText
            let change: ChangeText
            let moved: AmountText
            let models: String?
            let line: String?
        }

        let tabs: [Tab]
        let spans: [Tab]
        let column: String
        let spent: AmountText
        let before: AmountText
        let change: ChangeText
        let period: String
        let beforePeriod: String
        let pending: String?
        let chart: String
        let rows: [Row]
        let isEmpty: Bool
        let anomalies: [AnomalyLine]
        let hasAnomalies: Bool
        let more: String?
    }

    private static func show(_ visit: Visit) async throws -> View {
        let dimension = visit.query["by"].flatMap { dimensions.contains($0) ? $0 : nil } ?? "team_id"
        let span = visit.query["days"].flatMap { Int64($0) }.flatMap { days in spans.first { $0.days == days }?.days } ?? 7
        let days = visit.days
        let zone = visit.reportZone.name
        let from = visit.query["after"] == nil ? days.iso(days.date(visit.now).adding(days: 1 - span)) : nil
        let trends: Reports.Trends = try await visit.get(
            ["v1", "reports", "trends"],
            [("group_by", dimension), ("from", from), ("time_zone", zone), ("limit", "50"), ("after", visit.query["after"])])
        let history = days.iso(days.date(visit.now).adding(days: 1 - historyDays))
        let isWhole = trends.next == nil && visit.query["after"] == nil
        let rows = isWhole ? try await daily(visit, dimension, from: history) : []
        let anomalies: Listing<Reports.Anomaly> = try await visit.get(["v1", "anomalies"], [("limit", "100")])
        let recent = anomalies.data.filter { $0.at.seconds > visit.now.seconds - historyDays * 86_400 }
        let title = "Spend a day by \(GroupText.title(dimension).lowercased()), last \(historyDays) days"
        let series = try await SpendSeries.ask(visit, by: [dimension], interval: "day", query: [("from", history), ("time_zone", zone)])
        let chart = SpendCharts(visit: visit).stacked(series, interval: "day", marks: recent, id: "trend", title: title)
        func path(_ by: String, _ days: Int64) -> String { Paths.with(Paths.trends, [("by", by), ("days", "\(days)")]) }
        let content = Content(
            tabs: dimensions.map { Tab(tabTitle: GroupText.title($0), path: path($0, span), isChosen: $0 == dimension) },
            spans: spans.map { Tab(tabTitle: $0.title, path: path(dimension, $0.days), isChosen: $0.days == span) },
            column: GroupText.title(dimension), spent: visit.money(trends.totals.cost), before: visit.money(trends.totals.previousCost),
            change: ChangeText(trends.totals.changePercent), period: days.period(trends.from, trends.to),
            beforePeriod: days.period(trends.previousFrom, trends.previousTo),
            pending: trends.pendingSettlements > 0 ? "\(trends.pendingSettlements)" : nil, chart: chart.html,
            rows: trends.data.map { row(visit, $0, dimension, rows, span: span) }, isEmpty: trends.data.isEmpty,
            anomalies: recent.prefix(10).map { AnomalyLine(visit, $0) }, hasAnomalies: !recent.isEmpty,
            more: trends.next.map { Paths.with(Paths.trends, [("by", dimension), ("days", "\(span)"), ("after", $0)]) })
        return View("Trends", entry: Paths.trends, template: "trends", content: content)
    }

    /// Each group's days; only asked for where the groups are few.
    private static func daily(_ visit: Visit, _ dimension: String, from: String) async throws -> [Reports.Spend.Row] {
        var rows: [Reports.Spend.Row] = []
        var after: String?
        repeat {
            let query: [(String, String?)] = [("group_by", dimension), ("interval", "day"), ("from", from), ("limit", "200"), ("after", after)]
            let page: Reports.Spend = try await visit.get(["v1", "reports", "spend"], query + [("time_zone", visit.reportZone.name)])
            rows += page.data
            after = page.next
        } while after != nil && rows.count < sparklineRows
        return rows
    }

    private static func row(
        _ visit: Visit, _ row: Reports.Trends.Row, _ dimension: String, _ daily: [Reports.Spend.Row], span: Int64
    ) -> Content.Row {
        let value = GroupText.value(row.group, dimension)
        let own = daily.filter { GroupText.value($0.group, dimension) == value }.sorted { $0.start < $1.start }
        // Days without a row count as well: who began yesterday rose from nothing.
        let today = visit.days.date(visit.now)
        let starts = (0..<historyDays).map { visit.reportZone.moment(today.adding(days: $0 + 1 - historyDays), secondOfDay: 0) }
        let costs = Dictionary(own.map { ($0.start, Double($0.cost) ?? 0) }) { $0 + $1 }
        let name = value ?? GroupText.none
        let line = own.isEmpty ? nil : Sparkline(starts.map { costs[$0] ?? 0 }, text: "\(name), day by day over \(historyDays) days").svg
        let question = SpendQuestion(
            Fields([("group_by", dimension == "agent_id" ? "model" : "agent_id"), ("where." + dimension, value ?? ""), ("interval", "day")]))
        return Content.Row(
            name: name, groupPath: value.flatMap { Paths.group(dimension, $0) }, spendPath: question.path, cost: visit.money(row.cost),
            before: visit.money(row.previousCost), change: ChangeText(row.changePercent), moved: visit.money(row.change),
            models: ModelText.moved(row.models), line: line)
    }
}
