internal import LedgerStore
internal import Telemetry
internal import Tracing

/// The span of one operation from where it begins to wait until it is on disk, with a child for each trip to the database.
struct AdmissionTrace: LaneFollower {
    private let tracer: SpanTracer
    private let span: TraceSpan

    init(_ operation: LedgerStore.Operation, tracer: SpanTracer, under request: TraceSpan) {
        self.tracer = tracer
        span = tracer.startSpan("ledger \(Self.name(of: operation))", context: request.context)
        span.describe { GenAIAttributes.add(operation, to: &$0) }
    }

    func made(_ trip: RoundTrip) {
        let clock = SpanClock()
        let start = clock.nanoseconds(at: trip.start)
        var attributes = SpanAttributes()
        attributes["db.system.name"] = "postgresql"
        attributes["db.operation.name"] = trip.kind.rawValue
        attributes["db.operation.batch.size"] = trip.operations
        tracer.record(
            "postgresql \(trip.kind.rawValue)", under: span, from: start, to: start &+ UInt64(clamping: trip.duration.nanoseconds),
            isError: !trip.succeeded, attributes: attributes)
    }

    func ended(_ outcome: Outcome?) {
        span.describe { GenAIAttributes.add(outcome, to: &$0) }
        if outcome == nil { span.setStatus(SpanStatus(code: .error, message: "the outcome is not known")) }
        span.end()
    }

    private static func name(of operation: LedgerStore.Operation) -> String {
        switch operation {
        case .reserve: "reserve"
        case .charge: "charge"
        case .settle: "settle"
        case .adjust: "adjust"
        case .decide: "decide"
        }
    }
}
