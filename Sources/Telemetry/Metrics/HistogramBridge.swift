internal import CoreMetrics

/// A recorder or a timer of swift-metrics; recorded values are seconds, shown with nine decimals.
final class HistogramBridge: RecorderHandler, TimerHandler {
    private let series: HistogramSeries

    init(_ series: HistogramSeries) { self.series = series }

    func record(_ value: Int64) { series.record(Int64(clamping: Double(value) * 1e9)) }
    func record(_ value: Double) { series.record(Int64(clamping: value * 1e9)) }
    func recordNanoseconds(_ duration: Int64) { series.record(duration) }
}
