/// What an envelope does as it fills. Its steps are sorted by what they act on, so that a decision looks only at those
/// that concern it.
public struct Plan: Hashable, Sendable {
    /// As written; what the policy leaves out is filled in: refuse above the limit, or above `per_call`.
    public let steps: [PlanStep]
    /// At a share of the limit, lowest first.
    let alerts: [PlanStep]
    /// Downgrade, approval and refusal at a share of the limit, lowest first.
    let gates: [PlanStep]
    /// Those of the plan and of the breakers that watch the envelope, lowest first.
    let suspensions: [PlanStep]
    /// What speaks for a call that is above `per_call`: the first that does not let it pass.
    let callGates: [PlanStep]
    /// Whether a call above `per_call` is told to the owner.
    let alertsOnCall: Bool
    /// Up to which share of the limit calls are admitted without a person; nil: no step at a share stops a call.
    public let ceilingPercent: Int64?
    /// The tiers that its downgrades go to.
    public let downgradeTiers: [String]
    public let asksForApproval: Bool

    /// - Parameter watches: the steps of breakers that watch for an overrun.
    public init(_ written: [PlanStep], hasLimit: Bool, hasPerCall: Bool, watches: [PlanStep] = []) {
        var steps = written
        if hasLimit, !written.contains(where: { $0.at != nil }) { steps.append(PlanStep(at: 100, action: .refuse)) }
        if hasPerCall, !written.contains(where: { $0.at == nil }) { steps.append(PlanStep(at: nil, action: .refuse)) }
        self.steps = steps
        // Sorting is stable here: of two steps at one share the later written one is the higher.
        let bySharing = steps.enumerated().filter { $0.element.at != nil }
            .sorted { ($0.element.at ?? 0, $0.offset) < ($1.element.at ?? 0, $1.offset) }.map(\.element)
        alerts = bySharing.filter { $0.action == .alert }
        suspensions = (bySharing.filter { $0.action == .suspend } + watches).enumerated()
            .sorted { ($0.element.at ?? 0, $0.offset) < ($1.element.at ?? 0, $1.offset) }.map(\.element)
        gates = bySharing.filter { $0.action != .alert && $0.action != .suspend }
        let onCall = steps.filter { $0.at == nil }
        callGates = onCall.filter { $0.action != .alert }
        alertsOnCall = onCall.contains { $0.action == .alert }
        ceilingPercent = gates.first { $0.action != .downgrade }?.at
        downgradeTiers = steps.compactMap { $0.action == .downgrade ? $0.to : nil }
        asksForApproval = steps.contains { $0.action == .requireApproval }
    }

    /// The step that speaks for a call which would bring the use to `used`: the highest one that is exceeded.
    func gate(for used: Int128, of limit: Int64) -> PlanStep? {
        gates.last { $0.isExceeded(by: used, of: limit) }
    }
}
