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

    private struct Asked {
        let report: Reports.Spend
        let before: Reports.Spend
        let trends: Reports.Trends
        let coverage: Reports.Coverage
        let fullness: Listing<Reports.Fullness>
        let anomalies: [Reports.Anomaly]
        /// Nil for those who may not read them.
        let questions: Listing<Question>?
        let owners: [String: String?]
    }

    private static func ask(_ visit: Visit) async throws -> Asked {
        let days = visit.days
        let first = visit.firstOfMonth
        let last = first.adding(days: -1)
        let zone: [(String, String?)] = [("time_zone", visit.reportZone.name)]
        let anomalies: Listing<Reports.Anomaly> = try await visit.get(["v1", "anomalies"], [("limit", "100")])
        let policy: Policies.Version? = try await visit.getIfAllowed(["v1", "policy"])
        return Asked(
            report: try await visit.get(
                ["v1", "reports", "spend"], zone + [("group_by", ""), ("interval", "day"), ("from", days.iso(first)), ("limit", "50")]),
            before: try await visit.get(
                ["v1", "reports", "spend"], zone + [("group_by", ""), ("from", days.iso(last.firstOfMonth)), ("to", days.iso(last))]),
            trends: try await visit.get(["v1", "reports", "trends"], zone + [("limit", "20")]),
            coverage: try await visit.get(["v1", "reports", "tag-coverage"], zone),
            fullness: try await visit.get(["v1", "reports", "envelopes"], [("limit", "200")]), anomalies: anomalies.data,
            questions: try await visit.getIfAllowed(["v1", "approvals"], [("state", "pending"), ("limit", "50")]),
            owners: Dictionary((policy?.workflows ?? []).map { ($0.name, $0.owner) }) { first, _ in first })
    }

    private static func show(_ visit: Visit) async throws -> View {
        let asked = try await ask(visit)
        return View("Overview", entry: Paths.overview, template: "overview", content: content(visit, asked))
    }

    private static func content(_ visit: Visit, _ asked: Asked) -> Content {
        let month = visit.month
        let monthText = visit.days.month(Timestamp(seconds: month.lowerBound))
        let risers = asked.trends.data.filter { (Money($0.change)?.nanos ?? 0) > 0 }.prefix(8).map { riser(visit, $0, asked.owners) }
        let open = asked.anomalies.filter { $0.state == "open" }.sorted { $0.stake > $1.stake }.prefix(6).map { AnomalyLine(visit, $0) }
        let inDanger = asked.fullness.data.filter { $0.exhausted + $0.willBeExhausted > 0 }.prefix(10).map { envelope(visit, $0) }
        let (report, before, forecast) = (asked.report, asked.before.totals.cost, asked.report.forecast)
        let beforeMonth = visit.days.month(asked.before.from)
        let burn = SpendCharts(visit: visit).burn(
            report, month: month, before: (beforeMonth, before), marks: asked.anomalies, title: "Spent in \(monthText)")
        return Content(
            month: monthText, pending: report.pendingSettlements > 0 ? "\(report.pendingSettlements)" : nil, spent: visit.money(report.totals.cost),
            held: visit.money(report.totals.held), forecast: visit.money(forecast?.cost),
            method: forecast.map { MethodText.text($0.method, knownDays: $0.knownDays) }, before: visit.money(before),
            beforeMonth: beforeMonth, forecastChange: forecast.map { ChangeText(percent(from: before, to: $0.cost)) },
            coverage: PercentText.text(asked.coverage.whole.callsPercent),
            approvalCount: asked.questions.map { "\($0.data.count)\($0.next == nil ? "" : "+")" }, burn: burn.html, risers: risers,
            hasRisers: !risers.isEmpty, week: visit.days.period(asked.trends.from, asked.trends.to), anomalies: open, hasAnomalies: !open.isEmpty,
            envelopes: inDanger, hasEnvelopes: !inDanger.isEmpty, envelopesPath: Paths.envelopes, trendsPath: Paths.trends)
    }

    private static func riser(_ visit: Visit, _ row: Reports.Trends.Row, _ owners: [String: String?]) -> Content.Riser {
        let name = GroupText.value(row.group, "workflow_name")
        return Content.Riser(
            name: name ?? GroupText.none, path: name.map { Paths.workflow($0) }, owner: name.flatMap { owners[$0] ?? nil },
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
