/// A model or tool call that asks for money, priced.
public struct Call: Sendable {
    public let tags: Tags
    /// The model that will be called; nil for a tool call.
    public let model: String?
    /// The tool that will be called; nil for a model call.
    public let tool: String?
    /// The tier of the model or tool; nil where the policy gives it none.
    public let tier: String?
    /// What the call is estimated to take of each meter.
    public let amounts: Amounts

    /// Names that tags cannot have, since matchers and `per` read them from the call itself.
    public static let reservedLabels = ["model", "tool", "tier"]

    public init(tags: Tags, model: String?, tool: String?, tier: String? = nil, amounts: Amounts) {
        self.tags = tags
        self.model = model
        self.tool = tool
        self.tier = tier
        self.amounts = amounts
    }

    public var isToolCall: Bool { tool != nil }

    /// The value of a tag, of `model`, `tool` or `tier`. A call without `environment` counts as production.
    public func label(_ name: String) -> String? {
        switch name {
        case "model": model
        case "tool": tool
        case "tier": tier
        case "environment": tags[name] ?? Tags.defaultEnvironment
        default: tags[name]
        }
    }
}
