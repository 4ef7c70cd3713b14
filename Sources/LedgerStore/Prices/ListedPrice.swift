public import Ledger

/// The price of one model from a moment on.
public struct ListedPrice: Sendable {
    public let model: String
    public let effectiveFrom: Timestamp
    public let price: ModelPrice
}
