public import Ledger

/// What an import of a price file did, or would do.
public struct PriceImport: Hashable, Sendable {
    /// Models that got a new price.
    public let imported: Int
    /// Models whose price was the same already, or which have a price of exactly this moment.
    public let unchanged: Int
    /// Entries of the file that state no usable price.
    public let skipped: Int
    public let effectiveFrom: Timestamp
    /// SHA-256 of the file, in hexadecimal.
    public let checksum: String
    /// By what the file's prices were multiplied.
    public let rate: ExchangeRate
}

extension PriceImport {
    init(_ file: PriceFile, imported: Int, from: Timestamp) {
        self.init(
            imported: imported, unchanged: file.prices.count - imported, skipped: file.skipped, effectiveFrom: from, checksum: file.checksum,
            rate: file.rate)
    }
}
