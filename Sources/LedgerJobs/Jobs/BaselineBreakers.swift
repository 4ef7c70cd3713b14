internal import Ledger
internal import LedgerStore

/// Trips the breakers that compare an agent, a user or a workflow with its own last week.
struct BaselineBreakers: ScheduledJob {
    private static let periodSeconds: Int64 = 15

    let name = "baseline-breakers"
    let cadence = Cadence.every(seconds: periodSeconds)
    let after = ["roll-up"]
    let watch: BaselineWatch
    let rollUp: UsageRollUp

    func run(_ context: JobContext) async throws {
        // A run that somebody asked for comes between two roll-ups.
        try await rollUp.rollDue()
        let isOnGrid = context.missed == 0 && context.dueAt.microseconds % (Self.periodSeconds * 1_000_000) == 0
        try await watch.look(at: context.now, due: isOnGrid ? (at: context.dueAt, periodSeconds: Self.periodSeconds) : nil)
    }
}
