internal import Charts
internal import Ledger

/// Charts of the report of spending.
struct SpendCharts {
    let visit: Visit

    var unit: ChartUnit { .money(visit.visitor.currency) }

    /// The month so far, day by day, as a line of what was spent up to then.
    ///
    /// - Parameters:
    ///   - report: by days or hours, one row for each in which something was spent.
    ///   - before: what the month before is called, and what it cost in all.
    func burn(
        _ report: Reports.Spend, month: Range<Int64>, before: (name: String, cost: String)?, marks: [Reports.Anomaly], title: String
    ) -> BurnChart {
        var points = [BurnChart.Point(0, 0)]
        var rows: [[String]] = []
        var total: Int64 = 0
        // The line stays level where there is no row.
        func level(until time: Int64) {
            let position = Self.position(min(time, visit.now.seconds), in: month)
            if let last = points.last, position > last.position { points.append(.init(position, last.value)) }
        }
        for row in report.data.sorted(by: { $0.start < $1.start }) {
            level(until: row.start.seconds)
            total = total.addingReportingOverflow(Money(row.cost)?.nanos ?? 0).partialValue
            let end = min(row.end.seconds, visit.now.seconds)
            points.append(.init(Self.position(end, in: month), Double(total) / 1e9))
            rows.append([visit.days.day(row.start), visit.money(row.cost).text, visit.money(Money(nanos: total).description).text])
        }
        level(until: month.upperBound)
        let spent = visit.money(report.totals.cost).text
        let forecast = report.forecast.map { (value: Double($0.cost) ?? 0, text: "forecast \(visit.money($0.cost).text)") }
        let levels = before.map { [BurnChart.Level(Double($0.cost) ?? 0, "all of \($0.name): \(visit.money($0.cost).text)")] } ?? []
        return BurnChart(
            id: "burn", title: title, summary: "Spent so far: \(spent)." + (forecast.map { " At the end of the month: \($0.text)." } ?? ""),
            unit: unit, points: report.data.isEmpty ? [] : points, levels: levels, forecast: forecast, marks: self.marks(marks, in: month),
            labels: visit.days.labels(month), table: ChartTable(caption: title, columns: ["Day", "Spent", "In all"], rows: rows))
    }

    /// More marks than this would hide each other.
    private static let marked = 12

    private static func dearest(_ anomalies: [Reports.Anomaly]) -> ArraySlice<Reports.Anomaly> {
        anomalies.sorted { ($0.stake, $0.id) > ($1.stake, $1.id) }.prefix(marked)
    }

    private func marks(_ anomalies: [Reports.Anomaly], in range: Range<Int64>) -> [BurnChart.Mark] {
        Self.dearest(anomalies.filter { range.contains($0.at.seconds) }).map { anomaly in
            .init(Self.position(anomaly.at.seconds, in: range), "\(visit.days.day(anomaly.at)): \(anomaly.message)")
        }
    }

    private static func position(_ time: Int64, in range: Range<Int64>) -> Double {
        Double(time - range.lowerBound) / Double(max(range.count, 1))
    }

    /// What each group had, the dearest first.
    func shares(_ rows: [(name: String, cost: String, before: String?)], id: String, title: String) -> ShareBars {
        let shown = rows.prefix(12)
        return ShareBars(
            id: id, title: title, summary: shown.first.map { "\($0.name) has most: \(visit.money($0.cost).text)." } ?? "Nothing was spent.",
            rows: shown.map { .init($0.name, Double($0.cost) ?? 0, visit.money($0.cost).text, previous: $0.before.flatMap { Double($0) }) },
            table: ChartTable(
                caption: title, columns: ["Who", "Cost", "Before"],
                rows: shown.map { [$0.name, visit.money($0.cost).text, $0.before.map { visit.money($0).text } ?? "–"] }))
    }

    /// Intervals with what the groups cost on each other.
    func stacked(_ series: SpendSeries, interval: String, marks: [Reports.Anomaly] = [], id: String, title: String) -> BarChart {
        let categories = series.starts.map { visit.days.interval($0, interval) }
        return BarChart(
            id: id, title: title, summary: series.groups.first.map { "Most went to \($0.name)." } ?? "Nothing was spent.", unit: unit,
            categories: categories,
            series: series.groups.map { group in .init(group.name, series.starts.map { Double(group.costs[$0] ?? 0) / 1e9 }) },
            marks: self.marks(marks, of: series.starts),
            table: ChartTable(
                caption: title, columns: ["From"] + series.groups.map(\.name),
                rows: zip(categories, series.starts).map { category, start in
                    [category] + series.groups.map { visit.money(Money(nanos: $0.costs[start] ?? 0).description).text }
                }))
    }

    /// Anomalies stand above the interval in which they were found.
    private func marks(_ anomalies: [Reports.Anomaly], of starts: [Timestamp]) -> [BarChart.Mark] {
        Self.dearest(anomalies.filter { $0.at >= starts.first ?? $0.at }).compactMap { anomaly in
            starts.lastIndex { $0 <= anomaly.at }.map { .init($0, "\(visit.days.day(anomaly.at)): \(anomaly.message)") }
        }
    }
}
