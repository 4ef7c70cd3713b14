/// A limit on one meter, for the calls that `match` selects, separately for each value of the `per` tags, within one
/// window.
public final class Envelope: Sendable {
    public struct Condition: Hashable, Sendable {
        /// A tag, or `model` or `tool`.
        public let label: String
        public let matcher: Matcher

        public init(label: String, matcher: Matcher) {
            self.label = label
            self.matcher = matcher
        }
    }

    public let name: String
    public let owner: String?
    public let match: [Condition]
    public let per: [String]
    public let meter: Meter
    /// In the meter's unit; nil where only `perCall` limits.
    public let limit: Int64?
    /// The most that a single call may ask for, in the meter's unit.
    public let perCall: Int64?
    public let windowRule: WindowRule
    public let plan: [PlanStep]
    /// What `held + spent` must not exceed by an admission: the limit times the lowest refusing step.
    public let ceiling: Int64?
    /// Meter, window and `per`: if one of them changes, new balances begin.
    public let rule: String

    public init(
        name: String, owner: String? = nil, match: [Condition] = [], per: [String] = [], meter: Meter,
        limit: Int64?, perCall: Int64? = nil, windowRule: WindowRule = .forever, plan: [PlanStep] = []
    ) {
        self.name = name
        self.owner = owner
        self.match = match
        self.per = per
        self.meter = meter
        self.limit = limit
        self.perCall = perCall
        self.windowRule = windowRule
        self.plan = plan.isEmpty ? [PlanStep(at: limit == nil ? nil : 100, action: .refuse)] : plan
        let lowest = self.plan.compactMap { $0.action == .refuse ? $0.at : nil }.min() ?? 100
        ceiling = limit.map { Int64(clamping: Int128($0) * Int128(lowest) / 100) }
        rule = "\(meter.rawValue); \(windowRule.canonicalText); \(per.joined(separator: ","))"
    }

    /// Whether this envelope has a say about a call.
    public func matches(_ call: Call) -> Bool {
        guard meter.counts(toolCall: call.isToolCall) else { return false }
        return match.allSatisfy { condition in
            call.label(condition.label).map(condition.matcher.matches) ?? false
        }
    }
}
