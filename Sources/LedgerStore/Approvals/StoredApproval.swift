public import Ledger

/// A question to a person, as it stands.
public struct StoredApproval: Sendable {
    public enum State: String, CaseIterable, Sendable {
        case pending, approved, rejected, expired
    }

    /// How it ended.
    public struct Decision: Sendable {
        /// What was granted, in the meter's unit; nil: nothing.
        public let amount: Int64?
        /// When the grant ends.
        public let grantEndsAt: Timestamp?
        public let reason: String
        public let at: Timestamp
        public let author: String
    }

    public let question: ApprovalQuestion
    public let state: State
    public let model: String?
    public let tool: String?
    /// Why a person was asked.
    public let reason: String
    public let requestedAt: Timestamp
    /// Nil while it is pending.
    public let decision: Decision?

    public var id: Identifier { question.id }
}
