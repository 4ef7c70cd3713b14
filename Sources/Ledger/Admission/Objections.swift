/// Everything that speaks against a call. The first kind in the order of the cases below decides what the caller is
/// told; the others are listed beside it.
public struct Objections: Sendable {
    public enum Kind: Sendable {
        case toolNotAllowed, modelNotAllowed, unmatched, suspended, frozen, exhausted, rateLimited, approvalRequired
    }

    /// The rules that forbid the tool or the model.
    public var rules: [AccessRule] = []
    /// The tier for which the route of the call's model has no model.
    public var unreachableTier: String?
    /// No envelope matches, and the policy refuses such calls.
    public var isUnmatched = false
    public var suspensions: [Suspension] = []
    public var freezes: [Freeze] = []
    public var violations: [Violation] = []

    public init() {}

    /// What the caller is told; nil if nothing speaks against the call.
    public var kind: Kind? {
        if let rule = rules.first { return rule.kind == .tool ? .toolNotAllowed : .modelNotAllowed }
        if unreachableTier != nil { return .modelNotAllowed }
        if isUnmatched { return .unmatched }
        if !suspensions.isEmpty { return .suspended }
        if !freezes.isEmpty { return .frozen }
        let refusals = violations.filter { $0.action == .refuse }
        if refusals.contains(where: { !$0.isRateLimit }) { return .exhausted }
        if !refusals.isEmpty { return .rateLimited }
        return violations.isEmpty ? nil : .approvalRequired
    }
}

extension Objections.Kind {
    /// The name of the problem that a caller is answered with.
    public var problem: String {
        switch self {
        case .toolNotAllowed: "tool-not-allowed"
        case .modelNotAllowed: "model-not-allowed"
        case .unmatched: "forbidden"
        case .suspended: "suspended"
        case .frozen: "envelope-frozen"
        case .exhausted: "envelope-exhausted"
        case .rateLimited: "rate-limited"
        case .approvalRequired: "approval-required"
        }
    }
}
