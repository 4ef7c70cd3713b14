internal import Charts
internal import Ledger

/// How many calls carry the tags that the policy asks for, and who leaves them out.
enum CoveragePage {
    private static let presets: [(days: Int64, title: String)] = [(1, "1 day"), (7, "7 days"), (28, "28 days")]
    /// Below it the weekly review speaks of it.
    static let expectedPercent = 90.0

    static func add(to site: inout Site) {
        site.page("/coverage", show)
    }

    struct Content: Sendable {
        struct Worst: Sendable {
            let workflow: String
            let workflowPath: String?
            let agent: String
            let agentPath: String?
            let calls: String
            let cost: AmountText
        }

        struct Row: Sendable {
            let tags: String
            let percent: String
            let costPercent: String
            let bar: String
            let isLow: Bool
            let lacking: String
            let worst: [Worst]
            let hasWorst: Bool
        }

        let spans: [Tab]
        let whole: String?
        let wholeCost: String?
        let isLow: Bool
        let calls: String
        let period: String
        let pending: String?
        let rows: [Row]
        let isEmpty: Bool
    }

    private static func show(_ visit: Visit) async throws -> View {
        let span = visit.query["days"].flatMap { Int64($0) }.flatMap { days in presets.first { $0.days == days }?.days } ?? 7
        let days = visit.days
        let report: Reports.Coverage = try await visit.get(
            ["v1", "reports", "tag-coverage"],
            [("from", days.iso(days.date(visit.now).adding(days: 1 - span))), ("time_zone", visit.reportZone.name), ("limit", "200")])
        let content = Content(
            spans: presets.map { Tab(tabTitle: $0.title, path: Paths.with(Paths.coverage, [("days", "\($0.days)")]), isChosen: $0.days == span) },
            whole: PercentText.text(report.whole.callsPercent), wholeCost: PercentText.text(report.whole.costPercent),
            isLow: (report.whole.callsPercent ?? 100) < expectedPercent, calls: AmountText(count: report.whole.calls).text,
            period: days.period(report.from, report.to),
            pending: report.pendingSettlements > 0 ? "\(report.pendingSettlements)" : nil, rows: report.data.map { row(visit, $0) },
            isEmpty: report.whole.calls == 0)
        return View("Tag coverage", entry: Paths.coverage, template: "coverage", content: content)
    }

    private static func row(_ visit: Visit, _ row: Reports.Coverage.Row) -> Content.Row {
        let percent = row.callsPercent.map { PercentText.text($0) } ?? "–"
        return Content.Row(
            tags: row.tags.joined(separator: " or "), percent: percent, costPercent: row.costPercent.map { PercentText.text($0) } ?? "–",
            bar: EnvelopeGauge(spent: row.callsPercent ?? 0, held: 0, forecast: nil, steps: [], text: "\(percent) of the calls", isShare: true).svg,
            isLow: (row.callsPercent ?? 100) < expectedPercent, lacking: AmountText(count: row.calls - row.coveredCalls).text,
            worst: row.worst.map { worst in
                .init(
                    workflow: worst.workflowName ?? GroupText.none, workflowPath: worst.workflowName.map { Paths.workflow($0) },
                    agent: worst.agentId ?? GroupText.none, agentPath: worst.agentId.map { Paths.agent($0) },
                    calls: AmountText(count: worst.calls).text, cost: visit.money(worst.cost))
            },
            hasWorst: !row.worst.isEmpty)
    }
}
