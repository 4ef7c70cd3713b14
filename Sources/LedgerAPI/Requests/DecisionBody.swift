internal import JSON
internal import Ledger
internal import LedgerStore

/// The body of `POST /v1/approvals/{id}/approve` and `/reject`.
struct DecisionBody {
    private enum ApproveField: String, CaseIterable { case amount, expires_in_seconds, reason }
    private enum RejectField: String, CaseIterable { case reason }
    private static let approveFields = JSONFields<ApproveField>()
    private static let rejectFields = JSONFields<RejectField>()

    private let isApproval: Bool
    private var amount: Int64?
    private var seconds: Int64?
    private var reason: String?

    init(_ reader: inout JSONReader, meter: Meter, isApproval: Bool) throws(JSONError) {
        self.isApproval = isApproval
        guard isApproval else {
            try reader.object(Self.rejectFields) { _, reader throws(JSONError) in reason = try reader.label(maximum: 1_024) }
            return
        }
        try reader.object(Self.approveFields) { field, reader throws(JSONError) in
            switch field {
            case .amount:
                amount = try reader.optional { reader throws(JSONError) in meter == .cost ? try reader.money().nanos : try reader.count() }
            case .expires_in_seconds:
                seconds = try reader.optional { reader throws(JSONError) in try reader.integer(in: 1...Grant.maximumSeconds) }
            case .reason: reason = try reader.label(maximum: 1_024)
            }
        }
    }

    /// The decision that the body states; what is not stated is granted as it was asked for, for an hour.
    func decision(on approval: StoredApproval, caller: Caller, at now: Timestamp) throws -> ApprovalDecision {
        guard let reason else { throw Problem.invalid("/reason", "say why; it is kept in the history") }
        let approver = ApprovalDecision.Approver(key: caller.key.id, userIDs: caller.key.userIDs, limit: caller.key.approveUpTo)
        guard isApproval else { return ApprovalDecision(.reject, approver: approver, reason: reason, author: caller.author) }
        let granted = amount ?? approval.question.requested
        guard granted > 0 else { throw Problem.invalid("/amount", "grant more than zero, or reject") }
        let until = now.adding(seconds: seconds ?? Grant.standardSeconds)
        return ApprovalDecision(.approve(amount: granted, until: until), approver: approver, reason: reason, author: caller.author)
    }
}
