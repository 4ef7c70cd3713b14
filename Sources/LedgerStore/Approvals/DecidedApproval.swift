public import Ledger

/// How a question ended, as whoever answers it again is told.
public struct DecidedApproval: Sendable {
    public let state: ApprovalDecision.State
    public let author: String
    public let at: Timestamp
}
