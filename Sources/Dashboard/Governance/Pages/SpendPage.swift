internal import Charts
internal import Ledger

/// The spend explorer: any question to the report of spending, with a chart, and further into each group.
enum SpendPage {
    private static let pageSize = 100

    static func add(to site: inout Site) {
        site.page("/spend", show)
    }

    struct Content: Sendable {
        struct Option: Sendable {
            let value: String
            let title: String
            let isChosen: Bool
        }

        struct Filter: Sendable {
            let filterName: String
            let filterValue: String
            /// The name of the hidden field.
            let field: String
            let without: String
        }

        struct Row: Sendable {
            let name: String
            let groupPath: String?
            let intoPath: String?
            let runsPath: String?
            let start: String?
            let cost: AmountText
            let held: AmountText
            let before: AmountText
            let change: ChangeText
            let calls: String
            let toolCalls: String
            let tokens: String
        }

        let groups: [Option]
        let thens: [Option]
        let intervals: [Option]
        let from: String
        let to: String
        let filters: [Filter]
        let tagNames: [String]
        let presets: [Option]
        let spent: AmountText
        let held: AmountText
        /// As much time before; nil where time is cut.
        let before: AmountText?
        let change: ChangeText
        let calls: String
        let forecast: AmountText?
        let method: String?
        let pending: String?
        let period: String
        let beforePeriod: String
        let zone: String
        let chart: String
        let columns: [String]
        let hasStart: Bool
        let rows: [Row]
        let isEmpty: Bool
        let csvPath: String?
        let focusPath: String?
        let more: String?
    }

    private static func show(_ visit: Visit) async throws -> View {
        let question = SpendQuestion(visit.query)
        let report: Reports.Spend = try await visit.get(["v1", "reports", "spend"], question.asked(visit.reportZone, limit: pageSize))
        let content = content(visit, question, report, chart: try await chart(visit, question, report))
        return View("Spend", entry: Paths.spend, template: "spend", content: content)
    }

    private static func chart(_ visit: Visit, _ question: SpendQuestion, _ report: Reports.Spend) async throws -> String {
        let by = question.groupBy.map { GroupText.title($0).lowercased() }.joined(separator: " and ")
        let title = by.isEmpty ? "Spend" : "Spend by \(by)"
        let charts = SpendCharts(visit: visit)
        guard question.interval != "none" else {
            let rows = report.data.map { (GroupText.text($0.group, question.groupBy), $0.cost, Optional($0.previousCost)) }
            return charts.shares(rows, id: "spend", title: title).html
        }
        let series = try await SpendSeries.ask(
            visit, by: question.groupBy, interval: question.interval, query: question.narrowed(visit.reportZone))
        return charts.stacked(series, interval: question.interval, id: "spend", title: title).html
    }

    private static func content(_ visit: Visit, _ question: SpendQuestion, _ report: Reports.Spend, chart: String) -> Content {
        let days = visit.days
        let exported = question.exported.map { $0 + [("from", report.from.description), ("to", report.to.description)] }
        let canExport = visit.visitor.isOneOf(.finance)
        let dimensions = GroupText.dimensions + question.groupBy.filter { !GroupText.dimensions.contains($0) }
        func options(_ chosen: String?) -> [Content.Option] {
            dimensions.map { .init(value: $0, title: GroupText.title($0), isChosen: $0 == chosen) }
        }
        let presets = SpendQuestion.presets.map { preset -> Content.Option in
            let from = days.iso(days.date(visit.now).adding(days: 1 - preset.days))
            let path = question.with { ($0.from, $0.to) = (from, nil) }.path
            return .init(value: path, title: preset.title, isChosen: question.from == from && question.to == nil)
        }
        return Content(
            groups: options(question.groupBy.first), thens: options(question.groupBy.count > 1 ? question.groupBy[1] : nil),
            intervals: SpendQuestion.intervals.map { .init(value: $0, title: $0 == "none" ? "No" : "By \($0)", isChosen: $0 == question.interval) },
            from: question.from ?? "", to: question.to ?? "",
            filters: question.filters.map { filter in
                .init(
                    filterName: filter.name, filterValue: filter.value.isEmpty ? GroupText.none : filter.value, field: filter.value,
                    without: question.with { $0.filters.removeAll { $0.name == filter.name } }.path)
            },
            tagNames: GroupText.dimensions,
            presets: presets, spent: visit.money(report.totals.cost), held: visit.money(report.totals.held),
            before: question.interval == "none" ? visit.money(report.totals.previousCost) : nil,
            change: ChangeText(report.totals.changePercent), calls: AmountText(count: report.totals.calls).text,
            forecast: visit.money(report.forecast?.cost), method: report.forecast.map { MethodText.text($0.method, knownDays: $0.knownDays) },
            pending: report.pendingSettlements > 0 ? "\(report.pendingSettlements)" : nil, period: days.period(report.from, report.to),
            beforePeriod: days.period(report.previousFrom, report.previousTo), zone: visit.reportZone.name, chart: chart,
            columns: question.groupBy.isEmpty ? ["Calls"] : [question.groupBy.map { GroupText.title($0) }.joined(separator: " · ")],
            hasStart: question.interval != "none", rows: report.data.map { row(visit, question, $0) }, isEmpty: report.data.isEmpty,
            csvPath: canExport ? exported.map { Paths.with(Site.root + "/exports/spend.csv", $0) } : nil,
            focusPath: canExport ? exported.map { Paths.with(Site.root + "/exports/focus.csv", $0) } : nil,
            more: report.next.map { next in question.with { $0.after = next }.path })
    }

    private static func row(_ visit: Visit, _ question: SpendQuestion, _ row: Reports.Spend.Row) -> Content.Row {
        let only = question.groupBy.count == 1 ? question.groupBy.first : nil
        let page = only.flatMap { dimension in GroupText.value(row.group, dimension).flatMap { Paths.group(dimension, $0) } }
        return Content.Row(
            name: GroupText.text(row.group, question.groupBy), groupPath: page, intoPath: question.into(row.group)?.path,
            runsPath: Paths.runs(by: row.links.runs), start: question.interval == "none" ? nil : visit.days.interval(row.start, question.interval),
            cost: visit.money(row.cost), held: visit.money(row.held), before: visit.money(row.previousCost), change: ChangeText(row.changePercent),
            calls: AmountText(count: row.calls).text, toolCalls: AmountText(count: row.toolCalls).text, tokens: AmountText(count: row.tokens).text)
    }
}
