/// The groups of reports in words.
enum GroupText {
    static let none = "(none)"

    /// `support · gpt-5`, in the order of the dimensions.
    static func text(_ group: [String: String?], _ dimensions: [String]) -> String {
        dimensions.isEmpty ? "All calls" : dimensions.map { value(group, $0) ?? none }.joined(separator: " · ")
    }

    static func value(_ group: [String: String?], _ dimension: String) -> String? { group[dimension] ?? nil }

    /// `team_id`: `Team`
    static func title(_ dimension: String) -> String { titles[dimension] ?? dimension }

    /// What spending can be grouped by, apart from tags of one's own.
    static let dimensions = [
        "team_id", "cost_center", "project", "product", "feature_id", "workflow_name", "environment", "intent", "user_id", "agent_id", "step_name",
        "model", "tool", "envelope",
    ]

    private static let titles = [
        "team_id": "Team", "cost_center": "Cost centre", "project": "Project", "product": "Product", "feature_id": "Feature",
        "workflow_name": "Workflow", "environment": "Environment", "intent": "Intent", "user_id": "User", "agent_id": "Agent",
        "step_name": "Step", "model": "Model", "tool": "Tool", "envelope": "Envelope",
    ]
}
