public import Ledger

/// What an import of a price file did.
public struct PriceImport: Sendable {
    /// Models that got a new price.
    public let imported: Int
    /// Models whose price was the same already, or which have a price of exactly this moment.
    public let unchanged: Int
    /// Entries of the file that state no usable price.
    public let skipped: Int
    public let effectiveFrom: Timestamp
    /// SHA-256 of the file, in hexadecimal.
    public let checksum: String
}

/// The price of one model from a moment on.
public struct ListedPrice: Sendable {
    public let model: String
    public let effectiveFrom: Timestamp
    public let price: ModelPrice
}
