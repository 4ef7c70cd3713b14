internal import Charts
internal import Ledger

/// What the dearest groups cost interval by interval, and all others together: a few questions, however many groups there are.
struct SpendSeries: Sendable {
    struct Group: Sendable {
        let name: String
        /// Nano-units by interval.
        let costs: [Timestamp: Int64]
    }

    /// An interval begins at each; in the order of time.
    private(set) var starts: [Timestamp] = []
    private(set) var groups: [Group] = []

    /// Groups with a series of their own.
    private static let named = BarChart.maximumSeries - 1
    /// 1,000 intervals are the most that the interface counts.
    private static let pages = 5

    /// - Parameter query: of the report, with its time and filters, without `group_by`, `interval` and pages.
    static func ask(_ visit: Visit, by dimensions: [String], interval: String, query: [(String, String?)]) async throws -> SpendSeries {
        var series = SpendSeries()
        let whole = try await costs(visit, interval, query)
        series.starts = whole.keys.sorted()
        guard !dimensions.isEmpty else {
            series.groups = [Group(name: "All calls", costs: whole)]
            return series
        }
        let top: Reports.Spend = try await visit.get(
            ["v1", "reports", "spend"],
            query + [("group_by", dimensions.joined(separator: ",")), ("interval", "none"), ("limit", "\(named + 1)")])
        // One group more than are named needs no others.
        let shown = top.data.count > named ? top.data.prefix(top.next == nil ? named + 1 : named) : top.data[...]
        var rest = whole
        var unasked: [String] = []
        for row in shown {
            guard let filter = filter(row.group, dimensions, query) else {
                unasked.append(GroupText.text(row.group, dimensions))
                continue
            }
            let own = try await costs(visit, interval, filter)
            series.groups.append(Group(name: GroupText.text(row.group, dimensions), costs: own))
            for (start, cost) in own { rest[start, default: 0] &-= cost }
        }
        // A call counts in each envelope that matches it, so nothing is left over.
        let left = rest.values.reduce(0) { $0 &+ max($1, 0) }
        if !dimensions.contains("envelope"), left > 0 {
            // Calls of tools have no model: where nothing but these is left, they are no others.
            let isWhole = top.next == nil && shown.count == top.data.count
            let name = isWhole && unasked.count == 1 ? unasked[0] : "others"
            series.groups.append(Group(name: name, costs: rest.mapValues { max($0, 0) }))
        }
        return series
    }

    /// The query of one group; nil where the interface cannot be asked for it alone.
    private static func filter(_ group: [String: String?], _ dimensions: [String], _ query: [(String, String?)]) -> [(String, String?)]? {
        var filter = query
        for dimension in dimensions {
            let value = GroupText.value(group, dimension)
            if value == nil, ["model", "tool", "envelope"].contains(dimension) { return nil }
            filter.removeAll { $0.0 == dimension }
            filter.append((dimension, value ?? ""))
        }
        return filter
    }

    private static func costs(_ visit: Visit, _ interval: String, _ query: [(String, String?)]) async throws -> [Timestamp: Int64] {
        var costs: [Timestamp: Int64] = [:]
        var after: String?
        for _ in 0..<pages {
            let page: Reports.Spend = try await visit.get(
                ["v1", "reports", "spend"], query + [("group_by", ""), ("interval", interval), ("limit", "200"), ("after", after)])
            for row in page.data { costs[row.start, default: 0] &+= Money(row.cost)?.nanos ?? 0 }
            after = page.next
            if after == nil { break }
        }
        return costs
    }
}
