/// The numbers that a price file states for one model, before they are checked.
public struct StatedPrice: Sendable {
    public var input: ExactDecimal?
    public var output: ExactDecimal?
    public var cachedInput: ExactDecimal?
    public var cacheWrite: ExactDecimal?
    public var reasoning: ExactDecimal?

    public init() {}

    /// The price, rounded up to 1e-15 where the file states more decimals; nil where the input or output price is
    /// missing, or a price does not fit.
    public var price: ModelPrice? {
        guard let input = units(input), let output = units(output) else { return nil }
        var price = ModelPrice(input: input, output: output)
        if let stated = cachedInput {
            guard let units = units(stated) else { return nil }
            price.cachedInput = units
        }
        if let stated = cacheWrite {
            guard let units = units(stated) else { return nil }
            price.cacheWrite = units
        }
        if let stated = reasoning {
            guard let units = units(stated) else { return nil }
            price.reasoning = units
        }
        return price
    }

    private func units(_ stated: ExactDecimal?) -> Int64? {
        stated?.scaledRoundingUp(to: ModelPrice.scale)?.value
    }
}
