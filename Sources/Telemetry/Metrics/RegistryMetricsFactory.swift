public import CoreMetrics

/// Puts what this program's libraries and jobs record through swift-metrics into a registry.
///
/// Their label values are of their own making, so each label is closed, but a metric keeps no more label sets than the registry's bound.
public struct RegistryMetricsFactory: MetricsFactory {
    private let registry: MetricRegistry
    private let help: [String: String]

    /// - Parameter help: by name of a metric what it tells.
    public init(_ registry: MetricRegistry, help: [String: String] = [:]) {
        self.registry = registry
        self.help = help
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        CounterBridge(registry.counter(label, text(label), labels: labels(dimensions)).series(dimensions.map(\.1)))
    }

    public func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        FractionalCounterBridge(
            registry.counter(label, text(label), labels: labels(dimensions), divisor: 1_000_000_000).series(dimensions.map(\.1)))
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        GaugeBridge(registry.gauge(label, text(label), labels: labels(dimensions)).series(dimensions.map(\.1)))
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return GaugeBridge(registry.gauge(label, text(label), labels: labels(dimensions)).series(dimensions.map(\.1))) }
        return HistogramBridge(histogram(label, dimensions))
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        HistogramBridge(histogram(label, dimensions))
    }

    // What was counted stays: a handle that is made again goes on where the last one was.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func histogram(_ label: String, _ dimensions: [(String, String)]) -> HistogramSeries {
        registry.histogram(label, text(label), labels: labels(dimensions), bounds: MetricBounds.work, divisor: 1_000_000_000)
            .series(dimensions.map(\.1))
    }

    private func labels(_ dimensions: [(String, String)]) -> [MetricLabel] { dimensions.map { .open($0.0) } }

    private func text(_ label: String) -> String { help[label] ?? "Recorded by a library." }
}
