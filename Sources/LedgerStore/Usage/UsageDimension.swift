internal import Ledger

/// What usage is summed by: the tags of calls but for their run and session, with the model and the tool.
struct UsageDimension: Hashable {
    /// The tags that reports are made from. An hour with more rows than `UsageRollUp.rowLimit` keeps only these.
    static let reported: Set<String> = [
        "team_id", "cost_center", "project", "product", "feature_id", "workflow_name", "environment", "intent", "user_id", "agent_id", "step_name",
    ]

    let id: Identifier
    let tags: Tags
    let model: String?
    let tool: String?

    init(tags: Tags, model: String?, tool: String?) {
        self.tags = tags
        self.model = model
        self.tool = tool
        var bytes = CanonicalBytes()
        bytes.append(tags)
        bytes.append(model)
        bytes.append(tool)
        id = Digest.identifier(bytes.bytes)
    }

    /// The same without the tags that somebody made up.
    var folded: UsageDimension {
        UsageDimension(tags: Tags(tags.entries.filter { Self.reported.contains($0.name) }), model: model, tool: tool)
    }

    var isFoldable: Bool { tags.entries.contains { !Self.reported.contains($0.name) } }

    static func == (a: UsageDimension, b: UsageDimension) -> Bool { a.id == b.id }

    func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
