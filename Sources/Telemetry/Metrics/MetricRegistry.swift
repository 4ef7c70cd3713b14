internal import Synchronization

/// The metrics of a process, and how they are written for Prometheus.
///
/// A name is registered once; the same description again gets the same metric. Another one of that name gets a metric that counts
/// and is never shown, and `purser_metric_conflicts_total` says so: a mistake in telemetry stops nothing.
public final class MetricRegistry: Sendable {
    private let families = Mutex<[String: any AnyMetricFamily]>([:])
    /// The most label sets with values from outside that each metric keeps apart.
    public let labelLimit: Int
    private let conflicts: MetricFamily<CounterSeries>

    /// - Parameter labelLimit: at least 1.
    public init(labelLimit: Int = 200) {
        self.labelLimit = max(1, labelLimit)
        conflicts = MetricFamily(
            MetricDescription(
                name: "purser_metric_conflicts_total", help: "Metrics that were registered again with another description and are not shown.",
                kind: .counter, labels: [], limit: 1, divisor: 1)
        ) { CounterSeries() }
        families.withLock { $0[conflicts.description.name] = conflicts }
        _ = conflicts.series()
    }

    /// - Parameter divisor: what the whole number that is counted is divided by to be shown.
    public func counter(_ name: String, _ help: String, labels: [MetricLabel] = [], divisor: Int64 = 1) -> MetricFamily<CounterSeries> {
        register(.counter, name, help, labels, divisor) { CounterSeries() }
    }

    public func gauge(_ name: String, _ help: String, labels: [MetricLabel] = [], limit: Int? = nil) -> MetricFamily<GaugeSeries> {
        register(.gauge, name, help, labels, 1, limit: limit) { GaugeSeries() }
    }

    /// A count that is kept elsewhere, the kernel's or the database's, and only shown here.
    public func reading(_ name: String, _ help: String, labels: [MetricLabel] = []) -> MetricFamily<GaugeSeries> {
        register(.counter, name, help, labels, 1) { GaugeSeries() }
    }

    /// - Parameter bounds: upper bounds, rising, in the unit of what is recorded.
    public func histogram(
        _ name: String, _ help: String, labels: [MetricLabel] = [], bounds: [Int64], divisor: Int64 = 1
    ) -> MetricFamily<HistogramSeries> {
        register(.histogram, name, help, labels, divisor) { HistogramSeries(bounds: bounds) }
    }

    /// Every metric that has a series, in the text format 0.0.4, by name.
    public func exposition() -> [UInt8] {
        let families = families.withLock { $0.values.map { $0 } }
        var text = Exposition()
        for family in families.sorted(by: { $0.description.name < $1.description.name }) { family.write(to: &text) }
        return text.bytes
    }

    private func register<Series: WritableSeries>(
        _ kind: MetricKind, _ name: String, _ help: String, _ labels: [MetricLabel], _ divisor: Int64, limit: Int? = nil,
        make: @escaping @Sendable () -> Series
    ) -> MetricFamily<Series> {
        let name = MetricName.metric(name)
        let labels = labels.map { MetricLabel(MetricName.label($0.name), isOpen: $0.isOpen) }
        let description = MetricDescription(
            name: name, help: help, kind: kind, labels: labels, limit: max(1, limit ?? labelLimit), divisor: max(1, divisor))
        let fresh = MetricFamily(description, make)
        let kept = families.withLock { families -> (any AnyMetricFamily)? in
            if let known = families[name] { return known }
            families[name] = fresh
            return nil
        }
        guard let kept else { return fresh }
        if let same = kept as? MetricFamily<Series>, same.description.labels == labels, same.description.divisor == description.divisor {
            return same
        }
        conflicts.series().add()
        return fresh
    }
}
