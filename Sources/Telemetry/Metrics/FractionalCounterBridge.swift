internal import CoreMetrics

/// A floating point counter of swift-metrics, kept in billionths.
final class FractionalCounterBridge: FloatingPointCounterHandler {
    private let series: CounterSeries

    init(_ series: CounterSeries) { self.series = series }

    func increment(by amount: Double) { series.add(Int64(clamping: amount * 1e9)) }

    func reset() { series.reset() }
}

extension Int64 {
    /// The nearest whole number; 0 for what is none.
    init(clamping value: Double) {
        if value.isNaN { self = 0 } else { self = Int64(exactly: value.rounded()) ?? (value < 0 ? .min : .max) }
    }
}
