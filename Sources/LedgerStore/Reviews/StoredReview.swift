public import Ledger

/// A review as it was written, or as it would be now.
public struct StoredReview: Sendable {
    /// Nil for a preview.
    public let id: Identifier?
    public let start: Timestamp
    /// Of a preview: until when it looks.
    public let end: Timestamp
    public let madeAt: Timestamp
    /// Weeks before it that have no review, since nothing ran.
    public let missed: Int64
    public let summary: String
    /// A JSON object, as the interface shows it; empty in lists.
    public let content: [UInt8]
}
