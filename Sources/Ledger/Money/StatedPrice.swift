/// The numbers that a price file states for one model, before they are checked.
public struct StatedPrice: Sendable {
    public var base = StatedRates()
    /// By the input tokens above which they hold.
    public var tiers: [Int64: StatedRates] = [:]

    public init() {}

    /// The price in the organisation's currency, rounded up to 1e-15 where it has more decimals; nil where the input or
    /// output price of the base is missing, a price does not fit, or there are more than `ModelPrice.maximumTiers` tiers.
    ///
    /// - Parameter rate: what one unit of the file's currency is worth in the organisation's.
    public func price(at rate: ExchangeRate = .one) -> ModelPrice? {
        guard tiers.count <= ModelPrice.maximumTiers, let base = Self.checked(base, above: 0, at: rate) else { return nil }
        guard let input = base.input, let output = base.output else { return nil }
        var checked: [ContextTier] = []
        for (threshold, stated) in tiers {
            guard let tier = Self.checked(stated, above: threshold, at: rate) else { return nil }
            checked.append(tier)
        }
        return ModelPrice(
            input: input, output: output, cachedInput: base.cachedInput, cacheWrite: base.cacheWrite, reasoning: base.reasoning, tiers: checked)
    }

    /// Nil where a price does not fit.
    private static func checked(_ stated: StatedRates, above threshold: Int64, at rate: ExchangeRate) -> ContextTier? {
        var tier = ContextTier(aboveInputTokens: threshold)
        for kind in TokenRate.allCases {
            guard let number = stated[kind] else { continue }
            guard let units = rate.converted(number)?.scaledRoundingUp(to: ModelPrice.scale)?.value else { return nil }
            tier[kind] = units
        }
        return tier
    }
}
