public import Ledger

/// A correction that somebody asks for.
public struct CorrectionDraft: Sendable {
    public let selection: CorrectionSelection
    public let tags: TagCorrection
    public let reason: String
    /// What the key that asks is bound to: other calls are none of its business.
    public let bound: Tags
    public let author: String
    public let idempotency: IdempotencyKey

    public init(
        _ selection: CorrectionSelection, tags: TagCorrection, reason: String, bound: Tags, author: String, idempotency: IdempotencyKey
    ) {
        self.selection = selection
        self.tags = tags
        self.reason = reason
        self.bound = bound
        self.author = author
        self.idempotency = idempotency
    }
}
