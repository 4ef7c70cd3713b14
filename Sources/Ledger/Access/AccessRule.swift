/// Which tools, or which models, the calls that `match` selects may use.
public struct AccessRule: Hashable, Sendable {
    public enum Kind: String, Sendable {
        case tool, model
    }

    /// Holds only from a share of an envelope's limit on.
    public struct Level: Hashable, Sendable {
        public let envelope: String
        /// Per cent; exceeded as a plan's step is.
        public let at: Int64

        public init(envelope: String, at: Int64) {
            self.envelope = envelope
            self.at = at
        }
    }

    public let name: String
    public let kind: Kind
    public let match: [Condition]
    /// Nil: whatever is not denied.
    public let allow: [Matcher]?
    public let deny: [Matcher]
    public let when: Level?

    public init(name: String, kind: Kind, match: [Condition] = [], allow: [Matcher]? = nil, deny: [Matcher] = [], when: Level? = nil) {
        self.name = name
        self.kind = kind
        self.match = match
        self.allow = allow
        self.deny = deny
        self.when = when
    }

    /// Whether the rule is against a call, its `when` apart.
    public func forbids(_ call: Call) -> Bool {
        guard let target = kind == .tool ? call.tool : call.model, match.allSatisfy({ $0.matches(call) }) else { return false }
        if deny.contains(where: { $0.matches(target) }) { return true }
        guard let allow else { return false }
        return !allow.contains { $0.matches(target) }
    }
}
