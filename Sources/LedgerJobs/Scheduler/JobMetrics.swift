internal import LedgerStore
internal import Metrics

/// What is counted of one job. The handles are made once.
struct JobMetrics: Sendable {
    private let lateness: Recorder
    private let duration: Recorder
    private let missed: Counter
    private let succeeded: Counter
    private let failed: Counter

    init(name: String, factory: any MetricsFactory) {
        let dimensions = [("name", name)]
        lateness = Recorder(label: "purser_job_lateness_seconds", dimensions: dimensions, aggregate: true, factory: factory)
        duration = Recorder(label: "purser_job_duration_seconds", dimensions: dimensions, aggregate: true, factory: factory)
        missed = Counter(label: "purser_job_missed_total", dimensions: dimensions, factory: factory)
        succeeded = Counter(label: "purser_job_runs_total", dimensions: dimensions + [("state", StoredSchedule.State.ok.rawValue)], factory: factory)
        failed = Counter(
            label: "purser_job_runs_total", dimensions: dimensions + [("state", StoredSchedule.State.failed.rawValue)], factory: factory)
    }

    /// - Parameter seconds: between the due time and the start, in the ledger's time.
    func started(lateBy seconds: Double) { lateness.record(max(0, seconds)) }

    func ended(failed isFailed: Bool, after elapsed: Duration, missed count: Int64) {
        let parts = elapsed.components
        duration.record(Double(parts.seconds) + Double(parts.attoseconds) / 1e18)
        (isFailed ? failed : succeeded).increment()
        if count > 0 { missed.increment(by: count) }
    }
}
