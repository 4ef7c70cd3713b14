/// What can be unlike before.
public enum AnomalyKind: String, CaseIterable, Sendable {
    /// A run of a workflow costs more, after its model changed or without that.
    case costPerTask = "cost_per_task"
    /// An agent spends more than twice its own median of seven days.
    case agentSpend = "agent_spend"
    /// More tokens go in for each that comes out.
    case tokensWithoutOutput = "tokens_without_output"
    /// A run calls more tools.
    case toolCalls = "tool_calls"
    /// More calls lack tags that they must carry.
    case tagCoverage = "tag_coverage"
    /// An agent spends the same around the clock, and no user is behind it.
    case alwaysOn = "always_on"
    /// A call at a decision point costs more.
    case stepCost = "step_cost"

    /// Whether `observed` and `baseline` are money, in nano-units; else they are thousandths of a ratio or share.
    public var isMoney: Bool {
        switch self {
        case .costPerTask, .agentSpend, .alwaysOn, .stepCost: true
        case .tokensWithoutOutput, .toolCalls, .tagCoverage: false
        }
    }
}
