/// Tiers of models and tools, and which cheaper model stands in for which.
public struct Routes: Hashable, Sendable {
    public struct Model: Hashable, Sendable {
        public let tier: String
        public let downgradeTo: String?

        public init(tier: String, downgradeTo: String? = nil) {
            self.tier = tier
            self.downgradeTo = downgradeTo
        }
    }

    public struct ToolTier: Hashable, Sendable {
        public let tool: Matcher
        public let tier: String

        public init(tool: Matcher, tier: String) {
            self.tool = tool
            self.tier = tier
        }
    }

    /// From dear to cheap.
    public let tiers: [String]
    public let models: [String: Model]
    /// The first that matches a tool's name counts.
    public let toolTiers: [ToolTier]

    public static let none = Routes()

    public init(tiers: [String] = [], models: [String: Model] = [:], toolTiers: [ToolTier] = []) {
        self.tiers = tiers
        self.models = models
        self.toolTiers = toolTiers
    }

    public func tier(ofModel model: String) -> String? { models[model]?.tier }

    public func tier(ofTool tool: String) -> String? { toolTiers.first { $0.tool.matches(tool) }?.tier }

    /// 0 is the dearest; nil for a name that is no tier.
    public func rank(_ tier: String?) -> Int? { tier.flatMap { tiers.firstIndex(of: $0) } }

    /// Whether a model is of a tier or of a cheaper one.
    public func isAtOrBelow(_ model: String, _ tier: String) -> Bool {
        guard let own = rank(self.tier(ofModel: model)), let wanted = rank(tier) else { return false }
        return own >= wanted
    }

    /// The next model of the route that is of a tier or below; nil where the route has none.
    public func target(from model: String, to tier: String) -> String? {
        var current = model
        // A route without a loop is no longer than there are models.
        for _ in 0...models.count {
            if isAtOrBelow(current, tier) { return current }
            guard let next = models[current]?.downgradeTo else { return nil }
            current = next
        }
        return nil
    }
}
