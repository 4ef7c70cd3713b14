internal import Ledger

/// What usage is summed by: the tags of calls but for their run and session, with the model and the tool.
struct UsageDimension: Hashable {
    /// What an hour with very many rows leaves out of new ones, so that their number has an end whatever callers write.
    enum Fold: CaseIterable {
        /// Tags that somebody made up.
        case custom
        /// Users and steps too.
        case users
        /// Everything.
        case all

        /// The rows of an organisation's hour from which on this is left out.
        var rowLimit: Int64 {
            switch self {
            case .custom: 10_000
            case .users: 20_000
            case .all: 30_000
            }
        }

        fileprivate func keeps(_ tag: String) -> Bool {
            switch self {
            case .custom: reported.contains(tag)
            case .users: reported.contains(tag) && tag != "user_id" && tag != "step_name"
            case .all: false
            }
        }
    }

    /// The tags that reports are made from.
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

    /// The same for calls of one dimension, as long as this process runs; those of another process never agree with them. Enough to
    /// tell apart what is open.
    static func groupKey(of call: Call) -> Int64 {
        var bytes = CanonicalBytes()
        for tag in call.tags.entries where !ReportDimension.leftOut.contains(tag.name) {
            bytes.append(tag.name)
            bytes.append(tag.value)
        }
        bytes.append(call.model)
        bytes.append(call.tool)
        var hasher = Hasher()
        bytes.bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        return Int64(hasher.finalize())
    }

    /// The same without what is left out; nil where nothing is.
    func folded(_ fold: Fold) -> UsageDimension? {
        let keepsModel = fold != .all
        let kept = tags.entries.filter { fold.keeps($0.name) }
        guard kept.count < tags.entries.count || !keepsModel && (model != nil || tool != nil) else { return nil }
        return UsageDimension(tags: Tags(kept), model: keepsModel ? model : nil, tool: keepsModel ? tool : nil)
    }

    static func == (a: UsageDimension, b: UsageDimension) -> Bool { a.id == b.id }

    func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
