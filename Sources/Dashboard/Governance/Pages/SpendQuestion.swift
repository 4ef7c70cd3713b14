internal import Ledger

/// What the spend explorer is asked: the fields of its form, and the links that change one of them.
///
/// Filters are fields named `where.<tag>`; a filter without a value asks for calls without the tag.
struct SpendQuestion: Sendable {
    static let intervals = ["none", "hour", "day", "week", "month"]
    static let presets: [(title: String, days: Int64)] = [("7 days", 7), ("28 days", 28), ("90 days", 90)]
    private static let prefix = "where."

    var groupBy: [String]
    var interval: String
    var from: String?
    var to: String?
    var filters: [(name: String, value: String)]
    var after: String?

    /// The form's fields; what is wrong with them the interface says.
    init(_ query: Fields) {
        groupBy = [query["group_by"], query["then_by"]].compactMap { $0 }
        if query.all.isEmpty { groupBy = ["team_id"] }
        if groupBy.count == 2, groupBy[0] == groupBy[1] { groupBy.removeLast() }
        interval = query["interval"] ?? "none"
        from = query["from"]
        to = query["to"]
        filters = query.all.filter { $0.name.hasPrefix(Self.prefix) && $0.name != Self.prefix }
            .map { (String($0.name.dropFirst(Self.prefix.count)), $0.value.trimmed) }
        if let name = query["filter"] {
            filters.removeAll { $0.name == name }
            filters.append((name, query["is"] ?? ""))
        }
        after = query["after"]
    }

    /// For `GET /v1/reports/spend`.
    func asked(_ zone: Zone, limit: Int) -> [(String, String?)] {
        [("group_by", groupBy.joined(separator: ",")), ("interval", interval), ("limit", "\(limit)"), ("after", after)] + narrowed(zone)
    }

    /// Time and filters alone.
    func narrowed(_ zone: Zone) -> [(String, String?)] {
        [("from", from), ("to", to), ("time_zone", zone.name)] + filters.map { ($0.name, Optional($0.value)) }
    }

    /// The page that asks this.
    var path: String {
        Paths.with(
            Paths.spend,
            [
                ("group_by", groupBy.first ?? ""), ("then_by", groupBy.count > 1 ? groupBy[1] : nil),
                ("interval", interval == "none" ? nil : interval), ("from", from), ("to", to), ("after", after),
            ] + filters.map { (Self.prefix + $0.name, Optional($0.value)) })
    }

    func with(_ change: (inout SpendQuestion) -> Void) -> SpendQuestion {
        var question = self
        question.after = nil
        change(&question)
        return question
    }

    /// One group alone, by the next finer dimension; nil where there is none.
    func into(_ group: [String: String?]) -> SpendQuestion? {
        guard !groupBy.isEmpty else { return nil }
        let finer = Self.finer.first { next in !groupBy.contains(next) && !filters.contains { $0.name == next } }
        guard let finer else { return nil }
        return with { question in
            for dimension in groupBy {
                question.filters.removeAll { $0.name == dimension }
                question.filters.append((dimension, GroupText.value(group, dimension) ?? ""))
            }
            question.groupBy = [finer]
            question.interval = "none"
        }
    }

    /// In the order in which people ask further.
    private static let finer = ["workflow_name", "agent_id", "model", "step_name", "user_id"]

    /// The tags of an export with this filter; nil where an export cannot be asked for it.
    var exported: [(String, String?)]? {
        guard filters.allSatisfy({ !$0.value.isEmpty && !["model", "tool", "envelope"].contains($0.name) }) else { return nil }
        return filters.map { ($0.name, Optional($0.value)) }
    }
}
