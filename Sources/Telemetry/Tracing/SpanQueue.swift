internal import Synchronization

/// Spans that wait to be exported: never more than ``capacity``, the rest is dropped and counted.
final class SpanQueue: Sendable {
    static let capacity = 2_048

    private let waiting = Mutex<[FinishedSpan]>([])
    private let length: GaugeSeries
    let dropped: CounterSeries
    let exported: CounterSeries
    let failed: CounterSeries

    init(_ registry: MetricRegistry) {
        length = registry.gauge("purser_trace_queue_length", "Spans that wait to be exported; at most \(Self.capacity).").series()
        let spans = registry.counter(
            "purser_trace_spans_total",
            "Spans by what became of them: exported; dropped because the queue was full; failed because the collector did not take them.",
            labels: ["outcome"])
        dropped = spans.series("dropped")
        exported = spans.series("exported")
        failed = spans.series("failed")
    }

    func append(_ span: FinishedSpan) {
        let count = waiting.withLock { waiting -> Int? in
            guard waiting.count < Self.capacity else { return nil }
            waiting.append(span)
            return waiting.count
        }
        guard let count else { return dropped.add() }
        length.set(Double(count))
    }

    /// The oldest ones.
    func take(_ limit: Int) -> [FinishedSpan] {
        let (taken, left) = waiting.withLock { waiting in
            let taken = Array(waiting.prefix(limit))
            waiting.removeFirst(taken.count)
            return (taken, waiting.count)
        }
        length.set(Double(left))
        return taken
    }
}
