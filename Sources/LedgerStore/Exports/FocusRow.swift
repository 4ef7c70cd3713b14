internal import Ledger

/// One charge of FOCUS: the tokens of one kind of a settlement, or a whole settlement that no price list explains.
struct FocusRow {
    /// Its place among the rows of the settlement.
    let index: Int
    /// Nil: the whole settlement.
    let kind: TokenKind?
    let billed: Money
    /// Major units.
    let listCost: String
    let listUnitPrice: String
    let pricingQuantity: Int64
    let consumed: (quantity: Int64, unit: String)
    /// Since when the price holds; nil: the caller stated the cost.
    let priceSince: Timestamp?

    var pricingUnit: String { kind == nil ? "Requests" : "Tokens" }

    /// The rows of a settlement. Their billed costs add up to its charge.
    static func rows(of record: SpendRecord, prices: PriceBook) -> [FocusRow] {
        let charge = Money(nanos: record.charged.cost)
        guard let model = record.model, record.tool == nil, let usage = record.usage, usage.total > 0,
            let entry = prices.entries[model]?.last(where: { $0.effectiveFrom <= record.openedAt })
        else { return [whole(record, charge)] }
        return CostSplit(charge, usage: usage, price: entry.price).parts.enumerated().map { index, part in
            FocusRow(
                index: index, kind: part.kind, billed: part.cost, listCost: text(part.listCost), listUnitPrice: text(Int128(part.price)),
                pricingQuantity: part.tokens, consumed: (part.tokens, "Tokens"), priceSince: entry.effectiveFrom)
        }
    }

    /// One request at the price that was charged for it.
    private static func whole(_ record: SpendRecord, _ charge: Money) -> FocusRow {
        let consumed =
            record.charged.tokens > 0
            ? (record.charged.tokens, "Tokens") : (max(1, record.charged.toolCalls), "Requests")
        return FocusRow(
            index: 0, kind: nil, billed: charge, listCost: charge.description, listUnitPrice: charge.description, pricingQuantity: 1,
            consumed: consumed, priceSince: nil)
    }

    /// Units of 1e-15 as an exact decimal in major units.
    private static func text(_ units: Int128) -> String {
        let scale = Int128(1_000_000_000_000_000)
        let (whole, rest) = units.quotientAndRemainder(dividingBy: scale)
        guard rest != 0 else { return "\(whole)" }
        let digits = "\(rest)"
        var fraction = Substring(String(repeating: "0", count: ModelPrice.scale - digits.count) + digits)
        while fraction.last == "0" { fraction.removeLast() }
        return "\(whole).\(fraction)"
    }
}
