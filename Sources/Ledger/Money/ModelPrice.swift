/// What one model costs per token, in units of 1e-15 of the currency.
public struct ModelPrice: Hashable, Sendable {
    /// Decimals of a price: 1e-15 of the currency per token.
    public static let scale = 15

    public var input: Int64
    public var output: Int64
    /// Nil: cached input costs what input costs. The same holds for the next two.
    public var cachedInput: Int64?
    public var cacheWrite: Int64?
    public var reasoning: Int64?

    public init(input: Int64, output: Int64, cachedInput: Int64? = nil, cacheWrite: Int64? = nil, reasoning: Int64? = nil) {
        self.input = input
        self.output = output
        self.cachedInput = cachedInput
        self.cacheWrite = cacheWrite
        self.reasoning = reasoning
    }

    /// The exact cost, rounded up once to the next nano-unit; nil where it exceeds what an amount can hold.
    ///
    /// - Parameter usage: counts of 0 … `TokenUsage.maximum` without a contradiction.
    public func cost(of usage: TokenUsage) -> Money? {
        func part(_ tokens: Int64, _ price: Int64) -> Int128 { Int128(tokens) * Int128(price) }
        let total =
            part(usage.input - usage.cachedInput - usage.cacheWrite, input)
            + part(usage.cachedInput, cachedInput ?? input)
            + part(usage.cacheWrite, cacheWrite ?? input)
            + part(usage.output - usage.reasoning, output)
            + part(usage.reasoning, reasoning ?? output)
        let unitsPerNano: Int128 = 1_000_000
        guard let nanos = Int64(exactly: (total + unitsPerNano - 1) / unitsPerNano) else { return nil }
        return Money(nanos: nanos)
    }
}
