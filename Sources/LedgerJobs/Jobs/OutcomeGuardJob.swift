internal import Ledger
internal import LedgerStore

/// Judges the cycles of route trials that are over: keeps what stayed as good, and rolls back what did not.
struct OutcomeGuardJob: ScheduledJob {
    let name = "outcome-guard"
    let cadence = Cadence.daily(hour: 6)
    let after = ["roll-up"]
    let trials: RouteTrialStore
    let rollUp: UsageRollUp

    func run(_ context: JobContext) async throws {
        try await rollUp.rollDue()
        try await trials.judgeDue(at: context.now)
    }
}
