/// One step of an envelope's plan: from which share of its limit on, do what.
public struct PlanStep: Hashable, Sendable {
    public enum Action: String, CaseIterable, Sendable {
        /// Tells the owner, once for each balance.
        case alert
        /// Has a cheaper model called.
        case downgrade
        /// Refuses until a person grants an amount.
        case requireApproval = "require_approval"
        case refuse
        /// Stops the run, session, agent or user that the balance is of.
        case suspend
    }

    /// The most that `at` may be: ten times the limit.
    public static let maximumPercent: Int64 = 1_000
    /// The longest `within`: 31 days.
    public static let maximumWithinSeconds: Int64 = 31 * 86_400

    /// How much of the limit, in per cent, may be spent after a lift before a step that was exceeded then suspends again.
    public static let pardonPercent: Int64 = 10

    /// Per cent of the limit, 1 … `maximumPercent`; nil: acts on `per_call`.
    public let at: Int64?
    public let action: Action
    /// The tier that a downgrade goes to, or below.
    public let to: String?
    /// A suspension acts only where booked use passed this step within so many seconds of passing the limit.
    public let withinSeconds: Int64?
    /// The breaker that this step of a suspension stands for; nil: the plan's own.
    let breaker: Breaker?

    public init(at: Int64?, action: Action, to: String? = nil, withinSeconds: Int64? = nil) {
        self.init(at: at, action: action, to: to, withinSeconds: withinSeconds, breaker: nil)
    }

    /// What a breaker that watches for an overrun asks of the plan of its envelope.
    init(_ breaker: Breaker, percent: Int64, withinSeconds: Int64) {
        self.init(at: 100 + percent, action: .suspend, to: nil, withinSeconds: withinSeconds, breaker: breaker)
    }

    private init(at: Int64?, action: Action, to: String?, withinSeconds: Int64?, breaker: Breaker?) {
        self.at = at
        self.action = action
        self.to = to
        self.withinSeconds = withinSeconds
        self.breaker = breaker
    }

    /// Whether this share of a limit is exceeded.
    func isExceeded(by used: Int128, of limit: Int64) -> Bool { used * 100 > Int128(at ?? 0) * Int128(limit) }

    /// Whether this share of a limit is exceeded by booked spending that nobody has pardoned: a lift at this share lets a tenth of the
    /// limit be spent before it counts as exceeded again.
    func isExceeded(by balance: Balance) -> Bool {
        guard isExceeded(by: Int128(balance.spent), of: balance.limit) else { return false }
        let pardoned = Int128(balance.marks.pardoned)
        guard isExceeded(by: pardoned, of: balance.limit) else { return true }
        return (Int128(balance.spent) - pardoned) * 100 > Int128(Self.pardonPercent) * Int128(balance.limit)
    }

    /// Whether this share of a limit is reached.
    func isReached(by used: Int128, of limit: Int64) -> Bool { used > 0 && used * 100 >= Int128(at ?? 0) * Int128(limit) }
}
