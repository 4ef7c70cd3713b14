/// What an envelope counts.
public enum Meter: String, CaseIterable, Sendable {
    /// Nano-units of the currency, of every call.
    case cost
    /// Input and output tokens, of model calls.
    case tokens
    /// Model calls.
    case modelCalls = "model_calls"
    /// Tool calls.
    case toolCalls = "tool_calls"

    /// Whether calls of this kind are metered at all.
    @inlinable
    public func counts(toolCall: Bool) -> Bool {
        switch self {
        case .cost: true
        case .tokens, .modelCalls: !toolCall
        case .toolCalls: toolCall
        }
    }
}

extension Meter {
    /// An amount of this meter for people: money in major units, counts as they are.
    public func text(_ amount: Int64) -> String {
        self == .cost ? Money(nanos: amount).description : String(amount)
    }
}
