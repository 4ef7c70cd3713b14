internal import Synchronization
public import Tracing

/// Makes spans, and carries their context in W3C headers. What is sampled goes to a ``SpanExporter``.
public struct SpanTracer: Tracer {
    let queue: SpanQueue
    private let sampler: TraceSampler

    /// - Parameter registry: counts what becomes of spans.
    public init(sampler: TraceSampler, registry: MetricRegistry) {
        self.sampler = sampler
        queue = SpanQueue(registry)
    }

    public func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind, at instant: @autoclosure () -> Instant,
        function: String, file fileID: String, line: UInt
    ) -> TraceSpan {
        var context = context()
        let parent = context.trace
        let trace = parent?.trace ?? .random()
        let own = TraceContext(
            trace: trace, span: .random(in: 1 ... .max), isSampled: sampler.samples(trace, parent: parent), state: parent?.state)
        context.trace = own
        return TraceSpan(
            operationName, context: context, trace: own, parent: parent?.span ?? 0, kind: kind, start: instant().nanosecondsSinceEpoch, queue: queue)
    }

    /// Keeps a span that is over already, as a child of another; nothing where that is not sampled.
    public func record(_ name: String, under parent: TraceSpan, from start: UInt64, to end: UInt64, isError: Bool, attributes: SpanAttributes) {
        guard parent.trace.isSampled else { return }
        let own = TraceContext(trace: parent.trace.trace, span: .random(in: 1 ... .max), isSampled: true, state: parent.trace.state)
        queue.append(
            FinishedSpan(
                context: own, parent: parent.trace.span, name: name, kind: .client, startNanoseconds: start, endNanoseconds: max(start, end),
                attributes: attributes, isError: isError, message: nil, events: [], links: []))
    }

    public func activeSpan(identifiedBy context: ServiceContext) -> TraceSpan? { nil }

    /// Spans leave by the exporter, in its own time.
    public func forceFlush() {}

    public func extract<Carrier, Extract: Extractor>(_ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract)
    where Extract.Carrier == Carrier {
        guard let parent = extractor.extract(key: TraceContext.parentField, from: carrier) else { return }
        context.trace = TraceContext(parent: parent, state: extractor.extract(key: TraceContext.stateField, from: carrier))
    }

    public func inject<Carrier, Inject: Injector>(_ context: ServiceContext, into carrier: inout Carrier, using injector: Inject)
    where Inject.Carrier == Carrier {
        guard let trace = context.trace else { return }
        injector.inject(trace.traceparent, forKey: TraceContext.parentField, into: &carrier)
        if let state = trace.state { injector.inject(state, forKey: TraceContext.stateField, into: &carrier) }
    }
}
