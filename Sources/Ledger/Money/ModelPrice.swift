/// What one model costs per token, in units of 1e-15 of the currency.
public struct ModelPrice: Hashable, Sendable {
    /// Decimals of a price: 1e-15 of the currency per token.
    public static let scale = 15
    /// The most context tiers that a price may have.
    public static let maximumTiers = 8

    public var input: Int64
    public var output: Int64
    /// Nil: cached input costs what input costs. The same holds for the next two.
    public var cachedInput: Int64?
    public var cacheWrite: Int64?
    public var reasoning: Int64?
    /// From the lowest threshold to the highest. Empty for most models.
    public let tiers: [ContextTier]

    /// - Parameter tiers: in any order, each with a threshold of its own; at most `maximumTiers`.
    public init(
        input: Int64, output: Int64, cachedInput: Int64? = nil, cacheWrite: Int64? = nil, reasoning: Int64? = nil, tiers: [ContextTier] = []
    ) {
        self.input = input
        self.output = output
        self.cachedInput = cachedInput
        self.cacheWrite = cacheWrite
        self.reasoning = reasoning
        self.tiers = tiers.count < 2 ? tiers : tiers.sorted { $0.aboveInputTokens < $1.aboveInputTokens }
    }

    /// The price that the base states, nil where it states none.
    public subscript(rate: TokenRate) -> Int64? {
        switch rate {
        case .input: input
        case .output: output
        case .cachedInput: cachedInput
        case .cacheWrite: cacheWrite
        case .reasoning: reasoning
        }
    }

    /// The exact cost, rounded up once to the next nano-unit; nil where it exceeds what an amount can hold.
    ///
    /// All tokens are priced by the highest tier whose threshold the input tokens exceed; below all of them, and for
    /// prices that the tier does not state, by the base.
    ///
    /// - Parameter usage: counts of 0 … `TokenUsage.maximum` without a contradiction.
    public func cost(of usage: TokenUsage) -> Money? {
        let tier = tiers.isEmpty ? nil : tiers.last { usage.input > $0.aboveInputTokens }
        let input = tier?.input ?? input
        let output = tier?.output ?? output
        func part(_ tokens: Int64, _ price: Int64) -> Int128 { Int128(tokens) * Int128(price) }
        let total =
            part(usage.input - usage.cachedInput - usage.cacheWrite, input)
            + part(usage.cachedInput, tier?.cachedInput ?? cachedInput ?? input)
            + part(usage.cacheWrite, tier?.cacheWrite ?? cacheWrite ?? input)
            + part(usage.output - usage.reasoning, output)
            + part(usage.reasoning, tier?.reasoning ?? reasoning ?? output)
        let unitsPerNano: Int128 = 1_000_000
        guard let nanos = Int64(exactly: (total + unitsPerNano - 1) / unitsPerNano) else { return nil }
        return Money(nanos: nanos)
    }
}
