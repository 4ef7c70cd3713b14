/// What Prometheus calls the type of a metric.
enum MetricKind: String, Sendable {
    case counter, gauge, histogram
}
