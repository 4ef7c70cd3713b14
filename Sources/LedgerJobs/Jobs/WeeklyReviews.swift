internal import Ledger
internal import LedgerStore

/// Writes the review of the week that ends. Of weeks that ended while nothing ran only the last one gets one, which says how many
/// others there were.
struct WeeklyReviews: ScheduledJob {
    let name = "weekly-review"
    let cadence = Cadence.weekly(weekday: ReviewWeek.weekday, hour: ReviewWeek.hour)
    /// What was used, held for nothing and found unusual until now belongs to the week.
    let after = ["expire-holds", "roll-up", "detect-anomalies", "outcome-guard"]
    let reviews: ReviewStore
    let rollUp: UsageRollUp

    func run(_ context: JobContext) async throws {
        try await rollUp.rollDue()
        try await reviews.writeDue(at: context.now, missed: context.missed)
    }
}
