/// Tokens of one model call, estimated or used. Cached and cache-write tokens are part of the input tokens, reasoning
/// tokens part of the output tokens, as in the OpenTelemetry GenAI conventions (`gen_ai.usage.*`).
public struct TokenUsage: Hashable, Sendable {
    /// The most that any count may be.
    public static let maximum: Int64 = 1_000_000_000_000

    public var input: Int64
    public var output: Int64
    public var cachedInput: Int64
    public var cacheWrite: Int64
    public var reasoning: Int64

    public init(input: Int64 = 0, output: Int64 = 0, cachedInput: Int64 = 0, cacheWrite: Int64 = 0, reasoning: Int64 = 0) {
        self.input = input
        self.output = output
        self.cachedInput = cachedInput
        self.cacheWrite = cacheWrite
        self.reasoning = reasoning
    }

    /// What the tokens meter counts.
    public var total: Int64 { input + output }

    /// The part that makes the counts contradict each other, or nil: a part must not exceed its whole.
    public var contradiction: String? {
        if cachedInput + cacheWrite > input { return "cached_input_tokens and cache_write_tokens are part of input_tokens and must not exceed them" }
        if reasoning > output { return "reasoning_tokens are part of output_tokens and must not exceed them" }
        return nil
    }
}
