public import LedgerStore
public import Logging

/// What Purser does on its own. The order is that in which jobs due at the same moment start.
public enum Jobs {
    /// Every job of a replica.
    public static func all(_ store: Store, sender: DeliverySender, logger: Logger) -> [any ScheduledJob] {
        [
            // First, since what is held is not carried into the next window.
            ExpireHolds(holds: store.holds),
            SweepSuspensions(sweeps: store.sweeps),
            OpenWindows(windows: store.windows, logger: logger),
            RouteDowngrades(routes: store.routes),
            ExpireApprovals(desk: store.approvalDesk, adjustments: store.adjustments),
            ThresholdAlerts(alerts: store.alerts, feed: store.feed),
            RollUp(rollUp: store.usage, corrections: store.correctionWork),
            BaselineBreakers(watch: store.baselines, rollUp: store.usage),
            DetectAnomalies(anomalies: store.anomalies, rollUp: store.usage),
            OutcomeGuardJob(trials: store.routeTrials, rollUp: store.usage),
            WeeklyReviews(reviews: store.reviews, rollUp: store.usage),
            DeliverOutbox(sender: sender),
            SealLedger(sealer: store.sealer),
            CreatePartitions(partitions: store.partitions),
            Retention(rows: store.oldRows, counters: store.idleCounters, suspensions: store.idleSuspensions),
            Verify(check: store.check, organisations: store.organisations, logger: logger),
        ]
    }
}
