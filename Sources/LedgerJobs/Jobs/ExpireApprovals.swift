internal import LedgerStore

/// Ends questions that nobody answered, reminds of those that wait, opens the gates of windows that have ended, and takes
/// back what is left of grants and adjustments whose time is over.
struct ExpireApprovals: ScheduledJob {
    let name = "expire-approvals"
    let cadence = Cadence.every(seconds: 5)
    /// What expired holds give back is not lost with their grant.
    let after = ["expire-holds"]
    let desk: ApprovalDesk
    let adjustments: ExpiredAdjustments

    func run(_ context: JobContext) async throws {
        while try await adjustments.expireDue() { try Task.checkCancellation() }
        while try await desk.expireDue() { try Task.checkCancellation() }
        while try await desk.remindDue() { try Task.checkCancellation() }
    }
}
