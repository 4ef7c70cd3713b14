internal import CoreMetrics

/// A counter of swift-metrics.
final class CounterBridge: CounterHandler {
    private let series: CounterSeries

    init(_ series: CounterSeries) { self.series = series }

    func increment(by amount: Int64) { series.add(amount) }

    func reset() { series.reset() }
}
