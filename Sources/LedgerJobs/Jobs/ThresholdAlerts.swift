internal import Ledger
internal import LedgerStore

/// Measures what alerts tell beside their event, a bounded number a run, so that a flood of them takes little from the
/// calls; and tells of alerts that are over.
struct ThresholdAlerts: ScheduledJob {
    /// Every alert that is open is looked at, so not each second.
    private static let clearingSeconds: Int64 = 15

    /// The queues of webhooks measure what they send; this is for the alerts that nobody is sent.
    private static let measurementLimit = 5

    let name = "threshold-alerts"
    let cadence = Cadence.every(seconds: 1)
    let alerts: AlertStore
    let feed: Feed

    func run(_ context: JobContext) async throws {
        try await feed.publish()
        _ = try await alerts.detailDue(limit: Self.measurementLimit)
        let isOnGrid = context.missed == 0 && context.dueAt == Timestamp(seconds: context.dueAt.seconds)
        if !isOnGrid || context.dueAt.seconds % Self.clearingSeconds == 0 { try await alerts.clearDue() }
    }
}
