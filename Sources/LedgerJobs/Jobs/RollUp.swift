internal import LedgerStore

/// Adds what was settled to the sums of usage by hour, run and five minutes.
struct RollUp: ScheduledJob {
    let name = "roll-up"
    let cadence = Cadence.every(seconds: 5)
    /// What an expired hold came to is counted in the same pass.
    let after = ["expire-holds"]
    let rollUp: UsageRollUp

    func run(_ context: JobContext) async throws { try await rollUp.rollDue() }
}
