/// A call that asked for money, and what became of it.
public struct RecordedCall: Sendable {
    public enum Outcome: Sendable, Hashable {
        /// Held, perhaps with another model than the one asked for.
        case admitted(model: String?, cost: Int64, tokens: Int64, isDowngraded: Bool)
        /// - Parameter problem: what the caller was answered with.
        case refused(problem: String)
        /// Refused for a reason that is no rule of a policy: suspended or frozen by hand, a key that is bound to other tags.
        case barred
    }

    public let id: Identifier
    public let at: Timestamp
    /// With those that the key adds.
    public let tags: Tags
    /// The model that was asked for; nil for a tool call.
    public let model: String?
    public let tool: String?
    public let usage: TokenUsage?
    public let statedCost: Money?
    /// The id of the API key.
    public let key: String
    public let stateHash: String?
    public let outcome: Outcome

    public init(
        id: Identifier, at: Timestamp, tags: Tags, model: String?, tool: String?, usage: TokenUsage?, statedCost: Money?, key: String,
        stateHash: String? = nil, outcome: Outcome
    ) {
        self.id = id
        self.at = at
        self.tags = tags
        self.model = model
        self.tool = tool
        self.usage = usage
        self.statedCost = statedCost
        self.key = key
        self.stateHash = stateHash
        self.outcome = outcome
    }
}
