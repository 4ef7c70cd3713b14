/// Divides one charge among the kinds of tokens it was for, so that the parts add up to it to the nano-unit.
public struct CostSplit: Sendable {
    public struct Part: Hashable, Sendable {
        public let kind: TokenKind
        public let tokens: Int64
        /// What a token costs by the price list, in units of 1e-15 of the currency.
        public let price: Int64
        /// Its share of the charge, in nano-units.
        public let cost: Money

        /// What the tokens cost by the price list, in units of 1e-15 of the currency.
        public var listCost: Int128 { Int128(tokens) * Int128(price) }
    }

    /// In the order of the kinds; those without tokens are left out.
    public let parts: [Part]

    /// Shares in proportion to what the tokens cost by the price list; where that is nothing, to their numbers. What rounding
    /// down leaves over, less than a nano-unit a part, goes to the parts that lost most.
    ///
    /// - Parameters:
    ///   - charge: what was charged; not negative.
    ///   - price: of the model at the moment by which it was charged.
    public init(_ charge: Money, usage: TokenUsage, price: ModelPrice) {
        let kinds = TokenKind.allCases.filter { usage[$0] > 0 }
        let prices = kinds.map { price.price(of: $0, in: usage) }
        var weights = zip(kinds, prices).map { Int128(usage[$0]) * Int128($1) }
        if weights.allSatisfy({ $0 == 0 }) { weights = kinds.map { Int128(usage[$0]) } }
        let shares = Self.shares(of: charge.nanos, weights: weights)
        parts = kinds.indices.map { Part(kind: kinds[$0], tokens: usage[kinds[$0]], price: prices[$0], cost: Money(nanos: shares[$0])) }
    }

    private static func shares(of total: Int64, weights: [Int128]) -> [Int64] {
        let sum = weights.reduce(0, +)
        guard sum > 0 else { return weights.map { _ in 0 } }
        var shares: [Int64] = []
        var losses: [(loss: UInt128, index: Int)] = []
        for (index, weight) in weights.enumerated() {
            // Weights have up to 103 bits, so the product needs more than 128.
            let product = UInt128(total).multipliedFullWidth(by: UInt128(weight))
            let (quotient, remainder) = UInt128(sum).dividingFullWidth(product)
            shares.append(Int64(quotient))
            losses.append((remainder, index))
        }
        let left = total - shares.reduce(0, +)
        for loss in losses.sorted(by: { ($0.loss, $1.index) > ($1.loss, $0.index) }).prefix(Int(left)) { shares[loss.index] += 1 }
        return shares
    }
}
