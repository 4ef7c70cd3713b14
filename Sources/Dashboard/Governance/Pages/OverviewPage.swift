internal import Charts
internal import Ledger

/// Where the month stands, for finance: what it cost, what it will cost, who moved, and what needs a decision.
enum OverviewPage {
    static func add(to site: inout Site) {
        site.page("/overview", show)
    }

    // MARK: - What the page shows

    struct Content: Sendable {
        struct Riser: Sendable {
            let name: String
            let path: String?
            let owner: String?
            let cost: AmountText
            let before: AmountText
            let change: ChangeText
            let models: String?
        }

        struct Envelope: Sendable {
            let name: String
            let path: String
            let owner: String?
            let gauge: String?
            let used: String
            let word: String
            let isOver: Bool
            let runsOut: TimeText?
        }

        let month: String
        let pending: String?
        let spent: AmountText
        let held: AmountText
        let forecast: AmountText?
        let method: String?
        let before: AmountText
        let beforeMonth: String
        let forecastChange: ChangeText?
        let coverage: String?
        let approvalCount: String?
        let burn: String
        let risers: [Riser]
        let hasRisers: Bool
        let week: String
        let anomalies: [AnomalyLine]
        let hasAnomalies: Bool
        let envelopes: [Envelope]
        let hasEnvelopes: Bool
        let envelopesPath: String
        let trendsPath: String
    }

    struct Question: Decodable, Sendable {
        let id: String
    }

    // MARK: - Asking

    private static func show(_ visit: Visit) async throws -> View {
        let days = visit.days
        let first = visit.firstOfMonth
        let zone = visit.reportZone.name
        let month = visit.month
        let last = first.adding(days: -1)
        let report: Reports.Spend = try await visit.get(
            ["v1", "reports", "spend"],
            [("group_by", ""), ("interval", "day"), ("from", days.iso(first)), ("time_zone", zone), ("limit", "50")])
        let before: Reports.Spend = try await visit.get(
            ["v1", "reports", "spend"], [("group_by", ""), ("from", days.iso(last.firstOfMonth)), ("to", days.iso(last)), ("time_zone", zone)])
        let trends: Reports.Trends = try await visit.get(["v1", "reports", "trends"], [("limit", "20"), ("time_zone", zone)])
        let coverage: Reports.Coverage = try await visit.get(["v1", "reports", "tag-coverage"], [("time_zone", zone)])
        let fullness: Listing<Reports.Fullness> = try await visit.get(["v1", "reports", "envelopes"], [("limit", "200")])
        let anomalies: Listing<Reports.Anomaly> = try await visit.get(["v1", "anomalies"], [("limit", "100")])
        let questions: Listing<Question>? = try await visit.getIfAllowed(["v1", "approvals"], [("state", "pending"), ("limit", "50")])
        let policy: Policies.Version? = try await visit.getIfAllowed(["v1", "policy"])
        let owners = Dictionary((policy?.workflows ?? []).map { ($0.name, $0.owner) }) { first, _ in first }

        let risers = trends.data.filter { (Money($0.change)?.nanos ?? 0) > 0 }.prefix(8).map { riser(visit, $0, owners) }
        let open = anomalies.data.filter { $0.state == "open" }.sorted { $0.stake > $1.stake }.prefix(6).map { AnomalyLine(visit, $0) }
        let inDanger = fullness.data.filter { $0.exhausted + $0.willBeExhausted > 0 }.prefix(10).map { envelope(visit, $0) }
        let monthText = days.month(Timestamp(seconds: month.lowerBound))
        let burn = SpendCharts(visit: visit).burn(
            report, month: month, before: before.totals.cost, marks: anomalies.data, title: "Spent in \(monthText)")
        let forecast = report.forecast
        let content = Content(
            month: monthText, pending: report.pendingSettlements > 0 ? "\(report.pendingSettlements)" : nil,
            spent: visit.money(report.totals.cost), held: visit.money(report.totals.held), forecast: visit.money(forecast?.cost),
            method: forecast.map { MethodText.text($0.method, knownDays: $0.knownDays) }, before: visit.money(before.totals.cost),
            beforeMonth: days.month(before.from), forecastChange: forecast.map { ChangeText(percent(from: before.totals.cost, to: $0.cost)) },
            coverage: PercentText.text(coverage.whole.callsPercent),
            approvalCount: questions.map { "\($0.data.count)\($0.next == nil ? "" : "+")" }, burn: burn.html, risers: risers,
            hasRisers: !risers.isEmpty, week: "\(days.day(trends.from)) to \(days.day(Timestamp(seconds: trends.to.seconds - 1)))",
            anomalies: open, hasAnomalies: !open.isEmpty, envelopes: inDanger, hasEnvelopes: !inDanger.isEmpty, envelopesPath: Paths.envelopes,
            trendsPath: Places.trends)
        return View("Overview", entry: Places.overview, template: "overview", content: content)
    }

    private static func riser(_ visit: Visit, _ row: Reports.Trends.Row, _ owners: [String: String?]) -> Content.Riser {
        let name = GroupText.value(row.group, "workflow_name")
        return Content.Riser(
            name: name ?? GroupText.none, path: name.map { Places.workflow($0) }, owner: name.flatMap { owners[$0] ?? nil },
            cost: visit.money(row.cost), before: visit.money(row.previousCost), change: ChangeText(row.changePercent),
            models: ModelText.moved(row.models))
    }

    private static func envelope(_ visit: Visit, _ row: Reports.Fullness) -> Content.Envelope {
        let used = PercentText.text(row.usedPercent) ?? "–"
        let gauge = EnvelopeGauge(
            limit: row.limit, spent: row.spent, held: row.held, forecast: row.forecast, plan: [], text: "\(used) of the limit is used")
        let isOver = row.exhausted > 0
        let count = isOver ? row.exhausted : row.willBeExhausted
        let word = isOver ? "used up" : "will run out"
        return Content.Envelope(
            name: row.envelope, path: Paths.envelope(row.envelope), owner: row.owner, gauge: gauge?.svg, used: used,
            word: row.balances > 1 ? "\(count) of \(row.balances) \(word)" : word, isOver: isOver,
            runsOut: isOver ? nil : visit.text(row.fullest.compactMap(\.exhaustedAt).min()))
    }

    static func percent(from before: String, to now: String) -> Double? {
        guard let before = Double(before), let now = Double(now), before > 0 else { return nil }
        return (now - before) / before * 100
    }
}
