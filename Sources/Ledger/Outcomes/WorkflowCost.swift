/// Everything that a workflow cost in some time, in nano-units: its charges, and what the policy's rates add to them.
public struct WorkflowCost: Hashable, Sendable {
    /// What a rate is multiplied with.
    public enum Rate: String, CaseIterable, Sendable {
        /// A minute of people, rework included where it has no rate of its own.
        case humanMinute = "human_minute"
        case reworkMinute = "rework_minute"
        /// Every call, of a model or a tool.
        case orchestrationCall = "orchestration_call"
        case modelCall = "model_call"
        case toolCall = "tool_call"
        /// Each result.
        case outcome
        /// Each day, by the second: engineering, licences.
        case day
    }

    /// Charges of calls, as booked.
    public let usage: Int64
    /// Minutes of people, rework included.
    public let human: Int64
    /// Calls and results by their rates.
    public let orchestration: Int64
    /// What comes by the day.
    public let fixed: Int64
    public let total: Int64

    /// - Parameter seconds: how long the time is that the sums are of.
    public init(_ sums: WorkflowSums, rates: [String: Money], seconds: Int64) {
        func part(_ rate: Rate, _ amount: Int64, per unit: Int128 = 1) -> Int128 {
            guard let price = rates[rate.rawValue] else { return 0 }
            return Self.roundedUp(Int128(amount) * Int128(price.nanos), unit)
        }
        let rework = rates[Rate.reworkMinute.rawValue] == nil ? Rate.humanMinute : .reworkMinute
        let human = part(.humanMinute, sums.humanMinutes, per: 1_000) + part(rework, sums.reworkMinutes, per: 1_000)
        let orchestration =
            part(.orchestrationCall, sums.modelCalls) + part(.orchestrationCall, sums.toolCalls) + part(.modelCall, sums.modelCalls)
            + part(.toolCall, sums.toolCalls) + part(.outcome, sums.outcomes)
        let fixed = part(.day, max(0, seconds), per: 86_400)
        usage = sums.cost
        self.human = Int64(clamping: human)
        self.orchestration = Int64(clamping: orchestration)
        self.fixed = Int64(clamping: fixed)
        total = Int64(clamping: Int128(sums.cost) + human + orchestration + fixed)
    }

    private static func roundedUp(_ value: Int128, _ divisor: Int128) -> Int128 { (value + divisor - 1) / divisor }
}
