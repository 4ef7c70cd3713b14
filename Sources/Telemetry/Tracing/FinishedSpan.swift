internal import Tracing

/// A span that is over, to be exported.
struct FinishedSpan: Sendable {
    var context: TraceContext
    /// 0: none.
    var parent: UInt64
    var name: String
    var kind: SpanKind
    var startNanoseconds: UInt64
    var endNanoseconds: UInt64
    var attributes: SpanAttributes
    var isError: Bool
    var message: String?
    var events: [SpanEvent]
    var links: [TraceContext]
}
