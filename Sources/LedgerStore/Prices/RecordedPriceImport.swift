public import Ledger

/// The fact of an import: what it did, who ran it and when.
public struct RecordedPriceImport: Hashable, Sendable {
    public let id: Identifier
    public let outcome: PriceImport
    public let author: String
    public let createdAt: Timestamp
}
