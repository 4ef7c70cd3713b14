internal import Synchronization
public import Tracing

/// One span. Nothing is kept of it where its trace is not sampled.
public final class TraceSpan: Span {
    /// The most of what a caller could add without end.
    private static let partLimit = 32

    private struct State {
        var name: String
        var attributes = SpanAttributes()
        var status: SpanStatus?
        var events: [SpanEvent] = []
        var links: [TraceContext] = []
        var hasEnded = false
    }

    public let context: ServiceContext
    public let trace: TraceContext
    private let parent: UInt64
    private let kind: SpanKind
    private let startNanoseconds: UInt64
    private let queue: SpanQueue
    private let state: Mutex<State>

    init(_ name: String, context: ServiceContext, trace: TraceContext, parent: UInt64, kind: SpanKind, start: UInt64, queue: SpanQueue) {
        self.context = context
        self.trace = trace
        self.parent = parent
        self.kind = kind
        startNanoseconds = start
        self.queue = queue
        state = Mutex(State(name: name))
    }

    public var isRecording: Bool { trace.isSampled && !state.withLock { $0.hasEnded } }

    public var operationName: String {
        get { state.withLock { $0.name } }
        set { state.withLock { $0.name = newValue } }
    }

    public var attributes: SpanAttributes {
        get { state.withLock { $0.attributes } }
        set {
            guard trace.isSampled else { return }
            state.withLock { $0.attributes = newValue }
        }
    }

    /// Changes the attributes in place.
    public func describe(_ body: (inout SpanAttributes) -> Void) {
        guard trace.isSampled else { return }
        state.withLock { body(&$0.attributes) }
    }

    public func setStatus(_ status: SpanStatus) {
        guard trace.isSampled else { return }
        state.withLock { $0.status = status }
    }

    public func addEvent(_ event: SpanEvent) {
        guard trace.isSampled else { return }
        state.withLock { if $0.events.count < Self.partLimit { $0.events.append(event) } }
    }

    public func recordError<Instant: TracerInstant>(_ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant) {
        guard trace.isSampled else { return }
        var attributes = attributes
        attributes["exception.type"] = "\(type(of: error))"
        addEvent(SpanEvent(name: "exception", at: instant(), attributes: attributes))
    }

    public func addLink(_ link: SpanLink) {
        guard trace.isSampled, let linked = link.context.trace else { return }
        state.withLock { if $0.links.count < Self.partLimit { $0.links.append(linked) } }
    }

    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) { end(nanoseconds: instant().nanosecondsSinceEpoch) }

    func end(nanoseconds: UInt64) {
        guard trace.isSampled else { return }
        let finished = state.withLock { state -> FinishedSpan? in
            guard !state.hasEnded else { return nil }
            state.hasEnded = true
            return FinishedSpan(
                context: trace, parent: parent, name: state.name, kind: kind, startNanoseconds: startNanoseconds,
                endNanoseconds: max(startNanoseconds, nanoseconds), attributes: state.attributes, isError: state.status?.code == .error,
                message: state.status?.message, events: state.events, links: state.links)
        }
        if let finished { queue.append(finished) }
    }
}
