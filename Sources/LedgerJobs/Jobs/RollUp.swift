internal import LedgerStore

/// Adds what was settled to the sums of usage by hour, run and five minutes, and moves what was corrected.
struct RollUp: ScheduledJob {
    let name = "roll-up"
    let cadence = Cadence.every(seconds: 5)
    /// What an expired hold came to is counted in the same pass.
    let after = ["expire-holds"]
    let rollUp: UsageRollUp
    let corrections: CorrectionWork

    func run(_ context: JobContext) async throws {
        try await rollUp.rollDue()
        try await corrections.workDue()
    }
}
