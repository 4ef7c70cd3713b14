/// What a model costs per token in calls with a long context, in units of 1e-15 of the currency.
public struct ContextTier: Hashable, Sendable {
    /// The tier prices all tokens of a call whose input tokens, cached ones included, are more than these.
    public let aboveInputTokens: Int64
    /// Nil, here and in the others: the tier states no such price, so that of the model's base holds.
    public var input: Int64?
    public var output: Int64?
    public var cachedInput: Int64?
    public var cacheWrite: Int64?
    public var reasoning: Int64?

    public init(
        aboveInputTokens: Int64, input: Int64? = nil, output: Int64? = nil, cachedInput: Int64? = nil, cacheWrite: Int64? = nil,
        reasoning: Int64? = nil
    ) {
        self.aboveInputTokens = aboveInputTokens
        self.input = input
        self.output = output
        self.cachedInput = cachedInput
        self.cacheWrite = cacheWrite
        self.reasoning = reasoning
    }

    public subscript(rate: TokenRate) -> Int64? {
        get {
            switch rate {
            case .input: input
            case .output: output
            case .cachedInput: cachedInput
            case .cacheWrite: cacheWrite
            case .reasoning: reasoning
            }
        }
        set {
            switch rate {
            case .input: input = newValue
            case .output: output = newValue
            case .cachedInput: cachedInput = newValue
            case .cacheWrite: cacheWrite = newValue
            case .reasoning: reasoning = newValue
            }
        }
    }
}
