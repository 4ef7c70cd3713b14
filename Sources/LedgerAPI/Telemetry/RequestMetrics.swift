internal import Synchronization
internal import Telemetry

/// Counts requests by route. The handles of a combination are made once.
final class RequestMetrics: Sendable {
    private struct Key: Hashable {
        let method: String
        let route: String
        let status: Int
        let outcome: String
    }

    private typealias Handles = (count: CounterSeries, duration: HistogramSeries)

    private let requests: MetricFamily<CounterSeries>
    private let durations: MetricFamily<HistogramSeries>
    private let inFlight: GaugeSeries
    private let known = Mutex<[Key: Handles]>([:])

    init(_ registry: MetricRegistry) {
        requests = registry.counter(
            "purser_http_requests_total", "Requests by method, route and status.", labels: ["method", "route", "status"])
        durations = registry.histogram(
            "purser_http_request_duration_seconds",
            "From the head of a request to the head of its answer; outcome is ok, or the name of the problem.",
            labels: ["method", "route", "outcome"], bounds: MetricBounds.latency, divisor: 1_000_000_000)
        inFlight = registry.gauge("purser_http_requests_in_flight", "Requests that are not answered yet.").series()
    }

    func began() { inFlight.add(1) }

    func ended(method: String, route: String, status: Int, problem: String?, after duration: Duration) {
        inFlight.add(-1)
        let key = Key(method: method, route: route, status: status, outcome: problem ?? "ok")
        let handles = known.withLock { known in
            if let handles = known[key] { return handles }
            let made = (
                count: requests.series(method, route, "\(status)"), duration: durations.series(method, route, key.outcome)
            )
            known[key] = made
            return made
        }
        handles.count.add()
        handles.duration.record(duration)
    }
}
