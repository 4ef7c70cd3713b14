internal import Ledger
internal import LedgerStore
internal import WebText

/// Where a row of a report leads: the paths of what it sums up.
struct ReportLinks {
    /// What a list of runs can be asked for.
    private static let ofRuns: Set<String> = ["agent_id", "workflow_name", "user_id"]

    let dimensions: [ReportDimension]
    let filter: ReportFilter

    /// The tags that the calls of a group have and no others; nil where there are none such.
    private func tags(_ group: [String?]) -> Tags? {
        guard filter.absent.isEmpty, filter.model == nil, filter.tool == nil, filter.envelope == nil else { return nil }
        var tags = filter.tags
        for (dimension, value) in zip(dimensions, group) {
            guard let name = dimension.tag, let value else { return nil }
            tags[name] = value
        }
        return tags
    }

    /// Nil where the list of reservations cannot be asked for the group.
    func reservations(_ group: [String?]) -> String? {
        guard let tags = tags(group) else { return nil }
        return path("/v1/reservations", parameters(tags))
    }

    /// Nil where the list of runs cannot be asked for the group.
    func runs(_ group: [String?], _ range: Range<Int64>) -> String? {
        guard let tags = tags(group), tags.entries.allSatisfy({ Self.ofRuns.contains($0.name) }) else { return nil }
        var parameters = parameters(tags)
        parameters.append("from=\(Timestamp(seconds: range.lowerBound))")
        parameters.append("to=\(Timestamp(seconds: range.upperBound))")
        return path("/v1/runs", parameters)
    }

    private func parameters(_ tags: Tags) -> [String] { tags.entries.map { "\($0.name)=\(URLText.escaped($0.value))" } }

    private func path(_ path: String, _ parameters: [String]) -> String {
        parameters.isEmpty ? path : path + "?" + parameters.joined(separator: "&")
    }
}
