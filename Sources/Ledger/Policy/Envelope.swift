/// A limit on one meter, for the calls that `match` selects, separately for each value of the `per` tags, within one
/// window.
public final class Envelope: Sendable {
    public enum Mode: String, CaseIterable, Sendable {
        case enforce
        /// Books its balances and reports what it would have done; stops nothing.
        case shadow
    }

    public let name: String
    public let owner: String?
    /// A link for whoever is alerted.
    public let playbook: String?
    public let match: [Condition]
    public let per: [String]
    public let meter: Meter
    /// In the meter's unit; nil where only `perCall` limits.
    public let limit: Int64?
    /// The most that a single call may ask for, in the meter's unit.
    public let perCall: Int64?
    public let windowRule: WindowRule
    public let rollover: Rollover?
    public let plan: Plan
    public let mode: Mode
    /// What `held + spent` must not exceed by an admission while nothing adjusts the limit; nil: no step stops a call.
    public let ceiling: Int64?
    /// Meter, window and `per`: if one of them changes, new balances begin.
    public let rule: String

    public convenience init(
        name: String, owner: String? = nil, playbook: String? = nil, match: [Condition] = [], per: [String] = [], meter: Meter,
        limit: Int64?, perCall: Int64? = nil, windowRule: WindowRule = .forever, rollover: Rollover? = nil, plan: [PlanStep] = [],
        mode: Mode = .enforce
    ) {
        self.init(
            name: name, owner: owner, playbook: playbook, match: match, per: per, meter: meter, limit: limit, perCall: perCall,
            windowRule: windowRule, rollover: rollover, plan: Plan(plan, hasLimit: limit != nil, hasPerCall: perCall != nil), mode: mode)
    }

    private init(
        name: String, owner: String?, playbook: String?, match: [Condition], per: [String], meter: Meter, limit: Int64?, perCall: Int64?,
        windowRule: WindowRule, rollover: Rollover?, plan: Plan, mode: Mode
    ) {
        self.name = name
        self.owner = owner
        self.playbook = playbook
        self.match = match
        self.per = per
        self.meter = meter
        self.limit = limit
        self.perCall = perCall
        self.windowRule = windowRule
        self.rollover = limit == nil ? nil : rollover
        self.plan = plan
        self.mode = mode
        let percent = self.plan.ceilingPercent
        ceiling = limit.flatMap { limit in percent.map { Self.share($0, of: limit) } }
        rule = "\(meter.rawValue); \(windowRule.canonicalText); \(per.joined(separator: ","))"
    }

    /// The same envelope, with the steps of those breakers that watch whether it is overrun.
    func watched(by breakers: [Breaker]) -> Envelope {
        let watches = breakers.compactMap { breaker -> PlanStep? in
            guard case .overrun(let percent, let seconds, name) = breaker.when else { return nil }
            return PlanStep(breaker, percent: percent, withinSeconds: seconds)
        }
        guard !watches.isEmpty, limit != nil else { return self }
        return Envelope(
            name: name, owner: owner, playbook: playbook, match: match, per: per, meter: meter, limit: limit, perCall: perCall,
            windowRule: windowRule, rollover: rollover,
            plan: Plan(plan.steps, hasLimit: true, hasPerCall: perCall != nil, watches: watches), mode: mode)
    }

    /// Whether this envelope has a say about a call.
    public func matches(_ call: Call) -> Bool {
        meter.counts(toolCall: call.isToolCall) && match.allSatisfy { $0.matches(call) }
    }

    /// The limit of one balance: the policy's, and what adjustments add or take away; never below zero.
    public func limit(adjusted: Int64) -> Int64? {
        limit.map { Int64(clamping: max(0, Int128($0) + Int128(adjusted))) }
    }

    /// So many per cent of a limit, rounded down.
    static func share(_ percent: Int64, of limit: Int64) -> Int64 {
        Int64(clamping: Int128(limit) * Int128(percent) / 100)
    }
}
