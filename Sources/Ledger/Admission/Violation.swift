/// Why one envelope does not let a call pass.
public struct Violation: Sendable {
    public enum Rule: String, Sendable {
        /// The balance would exceed a step of the plan.
        case limit
        /// The call alone is above what a single call may ask for.
        case perCall = "per_call"
    }

    public let rule: Rule
    /// `refuse` or `require_approval`.
    public let action: PlanStep.Action
    public let identity: BalanceIdentity
    /// What was exceeded: the limit, or the most for a single call.
    public let limit: Int64
    /// What a balance may be used up to, the limit times the step that acts; else as `limit`.
    public let ceiling: Int64
    public let held: Int64
    public let spent: Int64
    public let requested: Int64
    /// What an approval of this envelope would be for; nil where none is asked for.
    public let scope: Identifier?
    /// The approval that is pending for the scope, or that a person rejected.
    public var approval: Identifier?
    /// A person rejected what the scope asks for: it is refused until the window ends.
    public let isRejected: Bool

    public init(
        rule: Rule, action: PlanStep.Action = .refuse, identity: BalanceIdentity, limit: Int64, ceiling: Int64? = nil, held: Int64,
        spent: Int64, requested: Int64, scope: Identifier? = nil, approval: Identifier? = nil, isRejected: Bool = false
    ) {
        self.rule = rule
        self.action = action
        self.identity = identity
        self.limit = limit
        self.ceiling = ceiling ?? limit
        self.held = held
        self.spent = spent
        self.requested = requested
        self.scope = scope
        self.approval = approval
        self.isRejected = isRejected
    }

    /// When the same call may be admitted again; nil if time alone does not help.
    public var resetsAt: Timestamp? { isRejected || rule == .limit && requested <= ceiling ? identity.window.end : nil }

    /// Whether this is a rate, an envelope whose window is a minute or less, that waiting helps. What a person rejected is none:
    /// it is not the pace that he objects to.
    public var isRateLimit: Bool {
        guard action == .refuse, !isRejected, resetsAt != nil, let start = identity.window.start, let end = identity.window.end else { return false }
        return end.microseconds - start.microseconds <= 60_000_000
    }
}
