/// One step of an envelope's plan: from which share of its limit on, do what.
public struct PlanStep: Hashable, Sendable {
    public enum Action: String, CaseIterable, Sendable {
        case refuse
    }

    /// The most that `at` may be: ten times the limit.
    public static let maximumPercent: Int64 = 1_000

    /// Per cent of the limit, 1 … `maximumPercent`; nil: acts on `per_call`.
    public let at: Int64?
    public let action: Action

    public init(at: Int64?, action: Action) {
        self.at = at
        self.action = action
    }
}
