internal import LedgerStore
internal import Metrics

/// What is counted of requests to webhooks. The handles are made once.
struct DeliveryMetrics: Sendable {
    private let duration: Recorder
    private let delivered: Counter
    private let refused: Counter

    init(factory: any MetricsFactory = MetricsSystem.factory) {
        duration = Recorder(label: "purser_delivery_duration_seconds", dimensions: [], aggregate: true, factory: factory)
        delivered = Counter(label: "purser_deliveries_total", dimensions: [("outcome", "delivered")], factory: factory)
        refused = Counter(label: "purser_deliveries_total", dimensions: [("outcome", "failed")], factory: factory)
    }

    func ended(_ wasTaken: Bool, after elapsed: Duration) {
        let parts = elapsed.components
        duration.record(Double(parts.seconds) + Double(parts.attoseconds) / 1e18)
        (wasTaken ? delivered : refused).increment()
    }
}
