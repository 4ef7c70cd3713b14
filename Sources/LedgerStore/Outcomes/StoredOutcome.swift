public import Ledger

/// A result as it was recorded.
public struct StoredOutcome: Sendable {
    public let id: Identifier
    public let outcome: WorkflowOutcome
    public let recordedAt: Timestamp
    public let author: String
}
