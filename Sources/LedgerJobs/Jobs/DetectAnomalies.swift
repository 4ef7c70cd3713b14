internal import Ledger
internal import LedgerStore

/// Compares the last day of every organisation with the weeks before, and tells of what is unlike them.
struct DetectAnomalies: ScheduledJob {
    let name = "detect-anomalies"
    let cadence = Cadence.every(seconds: 3_600)
    let after = ["roll-up"]
    let anomalies: AnomalyStore
    let rollUp: UsageRollUp

    func run(_ context: JobContext) async throws {
        // A run that somebody asked for comes between two roll-ups.
        try await rollUp.rollDue()
        try await anomalies.detect(at: context.now)
    }
}
