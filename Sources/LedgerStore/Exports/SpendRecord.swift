public import Ledger

/// One settlement that took something, with all that finance asks of it.
public struct SpendRecord: Sendable {
    /// Of the batch that booked it, and its place in it.
    let batch: Identifier
    let index: Int
    /// The hold's, or the direct charge's own.
    public let id: Identifier
    /// `end`, `late` or `direct`; `imported` of a call that was taken over from a log.
    public let kind: String
    public let state: String
    public let openedAt: Timestamp
    public let settledAt: Timestamp
    public let model: String?
    public let tool: String?
    /// Those that the call should have had, where it was corrected.
    public private(set) var tags: Tags
    public let step: Int64?
    public let charged: Amounts
    /// Nil: the caller told of no tokens.
    public let usage: TokenUsage?
    public let isStated: Bool
    public let usageSource: String?
    public let status: String?
    public let latencyMilliseconds: Int64?
    public let routeReason: String?
    public let policyVersion: Int64

    func cursor(row: Int) -> SpendCursor { SpendCursor(batch: batch, settlement: index, row: row) }

    func corrected(by corrections: [TagCorrection]) -> SpendRecord {
        var record = self
        record.tags = TagCorrection.applied(corrections, to: tags)
        return record
    }
}
