internal import LedgerStore
internal import Telemetry

/// How the write lanes work.
struct LaneMetrics: Sendable {
    private let operations: HistogramSeries
    private let wait: HistogramSeries
    private let trips: [RoundTrip.Kind: HistogramSeries]
    private let failedTrips: CounterSeries
    private let restarts: CounterSeries

    init(_ registry: MetricRegistry) {
        operations = registry.histogram("purser_batch_operations", "Operations in one transaction of a write lane.", bounds: MetricBounds.batch)
            .series()
        wait = registry.histogram(
            "purser_lane_wait_seconds", "How long an operation waited for its transaction to begin.", bounds: MetricBounds.latency,
            divisor: 1_000_000_000
        ).series()
        let family = registry.histogram(
            "purser_lane_round_trip_seconds", "One trip of a write lane to the database and back: read locks and reads, write writes and commits.",
            labels: ["trip"], bounds: MetricBounds.latency, divisor: 1_000_000_000)
        trips = Dictionary(uniqueKeysWithValues: RoundTrip.Kind.allCases.map { ($0, family.series($0.rawValue)) })
        failedTrips = registry.counter("purser_lane_failed_trips_total", "Trips of transactions that were run again later.").series()
        restarts = registry.counter(
            "purser_lane_restarts_total", "Transactions that began again, because the configuration, a window or the database changed under them."
        ).series()
    }

    func note(_ batch: BatchReport) {
        operations.record(Int64(batch.count))
        restarts.add(Int64(batch.restarts))
        for index in 0..<batch.count { wait.record(batch.wait(index)) }
        for trip in batch.trips {
            trips[trip.kind]?.record(trip.duration)
            if !trip.succeeded { failedTrips.add() }
        }
    }
}
