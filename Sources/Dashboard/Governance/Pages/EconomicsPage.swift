internal import Charts
internal import Ledger

/// What a result of each workflow costs, whether that is worth it, and which envelopes earned another limit.
enum EconomicsPage {
    static func add(to site: inout Site) {
        site.page("/economics", show)
    }

    struct Content: Sendable {
        let from: String
        let to: String
        let period: String
        let rows: [EconomicsText]
        let isEmpty: Bool
        let advised: [EconomicsText]
        let hasAdvice: Bool
        /// Those after which there were results to compare.
        let changes: [EconomicsText.Change]
        let hasChanges: Bool
        let more: String?
    }

    private static func show(_ visit: Visit) async throws -> View {
        let (from, to) = (visit.query["from"], visit.query["to"])
        let report: Reports.Economics = try await visit.get(
            ["v1", "reports", "unit-economics"], [("from", from), ("to", to), ("limit", "50"), ("after", visit.query["after"])])
        let days = DayText(zone: .utc)
        let rows = report.data.map { EconomicsText(visit, $0) }
        let advised = rows.filter { row in row.caps.contains { $0.isHigher || $0.isLower } }
        let changes = rows.flatMap(\.changes).filter { $0.costBefore != nil && $0.costAfter != nil }
        let content = Content(
            from: from ?? "", to: to ?? "", period: days.period(report.from, report.to), rows: rows,
            isEmpty: rows.isEmpty, advised: advised, hasAdvice: !advised.isEmpty, changes: changes, hasChanges: !changes.isEmpty,
            more: report.next.map { Paths.with(Paths.economics, [("from", from), ("to", to), ("after", $0)]) })
        return View("Unit economics", entry: Paths.economics, template: "economics", content: content)
    }
}
