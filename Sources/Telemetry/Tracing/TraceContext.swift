public import Tracing

/// Where a span stands, as W3C Trace Context (level 1) carries it.
public struct TraceContext: Hashable, Sendable {
    public let trace: TraceID
    public let span: UInt64
    public let isSampled: Bool
    /// `tracestate`, handed on as it came; at most 512 bytes.
    public let state: String?

    init(trace: TraceID, span: UInt64, isSampled: Bool, state: String? = nil) {
        self.trace = trace
        self.span = span
        self.isSampled = isSampled
        self.state = state
    }

    /// Reads a `traceparent`: nil where it is not one, and then the trace begins here.
    public init?(parent header: String, state: String?) {
        let bytes = Array(header.utf8)
        guard bytes.count >= 55, [2, 35, 52].allSatisfy({ bytes[$0] == UInt8(ascii: "-") }) else { return nil }
        guard let version = Hexadecimal.value(bytes[0..<2]), version != 0xff else { return nil }
        // Later versions may add fields behind a hyphen; this one has none.
        guard bytes.count == 55 || version > 0 && bytes[55] == UInt8(ascii: "-") else { return nil }
        guard let high = Hexadecimal.value(bytes[3..<19]), let low = Hexadecimal.value(bytes[19..<35]),
            let span = Hexadecimal.value(bytes[36..<52]), let flags = Hexadecimal.value(bytes[53..<55])
        else { return nil }
        trace = TraceID(high: high, low: low)
        guard trace.isValid, span != 0 else { return nil }
        self.span = span
        isSampled = flags & 1 == 1
        self.state = state.flatMap { $0.utf8.count <= 512 && !$0.isEmpty ? $0 : nil }
    }

    public var traceparent: String { "00-\(trace)-\(Hexadecimal.text(span))-\(isSampled ? "01" : "00")" }

    static let parentField = "traceparent"
    static let stateField = "tracestate"
}

private enum TraceContextKey: ServiceContextKey {
    typealias Value = TraceContext
}

extension ServiceContext {
    /// The span that work in this context belongs to.
    public var trace: TraceContext? {
        get { self[TraceContextKey.self] }
        set { self[TraceContextKey.self] = newValue }
    }
}
