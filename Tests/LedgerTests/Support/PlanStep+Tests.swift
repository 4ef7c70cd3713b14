import Ledger

/// Steps in the order of a policy's words; nil: on `per_call`.
extension PlanStep {
    static func alert(_ at: Int64?) -> PlanStep { PlanStep(at: at, action: .alert) }

    static func downgrade(_ at: Int64?, to tier: String) -> PlanStep { PlanStep(at: at, action: .downgrade, to: tier) }

    static func requireApproval(_ at: Int64?) -> PlanStep { PlanStep(at: at, action: .requireApproval) }

    static func refuse(_ at: Int64?) -> PlanStep { PlanStep(at: at, action: .refuse) }

    static func suspend(_ at: Int64, within seconds: Int64? = nil) -> PlanStep { PlanStep(at: at, action: .suspend, withinSeconds: seconds) }
}

extension Condition {
    init(_ label: String, _ values: String...) {
        self.init(label: label, matcher: values.count == 1 ? Matcher(values[0]) : .anyOf(values.map(Matcher.init)))
    }
}

extension Routes {
    /// Two routes from dear to cheap, one model that has no way down, and tools of two tiers.
    static let sample = Routes(
        tiers: ["premium", "standard", "economy"],
        models: [
            "gpt-5": Model(tier: "premium", downgradeTo: "gpt-5-mini"), "gpt-5-mini": Model(tier: "standard", downgradeTo: "gpt-5-nano"),
            "gpt-5-nano": Model(tier: "economy"), "opus": Model(tier: "premium", downgradeTo: "haiku"), "haiku": Model(tier: "economy"),
            "lonely": Model(tier: "premium"), "half-way": Model(tier: "premium", downgradeTo: "stuck"), "stuck": Model(tier: "standard"),
        ],
        toolTiers: [ToolTier(tool: Matcher("crm.*"), tier: "premium"), ToolTier(tool: Matcher("*"), tier: "economy")])
}

extension Objections {
    /// What every envelope that objects says, in order.
    var lines: [String] { violations.map { "\($0.identity.envelope) \($0.rule.rawValue) \($0.action.rawValue)" } }
}

extension Event {
    /// The event in one line.
    var line: String {
        let place = identity.map { $0.values.isEmpty ? "" : "(\($0.values.joined(separator: ",")))" } ?? ""
        let parts = [step.map { "\($0) %" }, tier.map { "to \($0)" }, subject.map { "of \($0.kind.rawValue) \($0.id)" }]
        return ([kind.rawValue, envelope + place] + parts.compactMap { $0 }).joined(separator: " ")
    }
}
