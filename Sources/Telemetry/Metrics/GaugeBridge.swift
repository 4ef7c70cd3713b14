internal import CoreMetrics

/// A meter or a recorder of single values of swift-metrics.
final class GaugeBridge: MeterHandler, RecorderHandler {
    private let series: GaugeSeries

    init(_ series: GaugeSeries) { self.series = series }

    func set(_ value: Int64) { series.set(Double(value)) }
    func set(_ value: Double) { series.set(value) }
    func increment(by amount: Double) { series.add(amount) }
    func decrement(by amount: Double) { series.add(-amount) }
    func record(_ value: Int64) { series.set(Double(value)) }
    func record(_ value: Double) { series.set(value) }
}
