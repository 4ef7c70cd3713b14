internal import Ledger
internal import LedgerStore

/// Removes rows that are kept for a limited time only. Which these are, and for how long: `OldRows.Kind`, `IdleCounters`.
struct Retention: ScheduledJob {
    let name = "retention"
    let cadence = Cadence.daily(hour: 3)
    let rows: OldRows
    let counters: IdleCounters

    func run(_ context: JobContext) async throws {
        try await rows.remove(at: context.now)
        try await counters.remove(at: context.now)
    }
}
