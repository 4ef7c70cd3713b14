internal import Ledger
internal import LedgerStore

/// Removes rows that are kept for a limited time only. Which these are, and for how long: `OldRows.Kind`, `IdleCounters`,
/// `IdleSuspensions`.
struct Retention: ScheduledJob {
    let name = "retention"
    let cadence = Cadence.daily(hour: 3)
    let rows: OldRows
    let counters: IdleCounters
    let suspensions: IdleSuspensions

    func run(_ context: JobContext) async throws {
        try await rows.remove(at: context.now)
        // Before the counters, which a lift sets back.
        try await suspensions.lift(at: context.now)
        try await counters.remove(at: context.now)
    }
}
