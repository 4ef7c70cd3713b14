internal import Ledger
public import LedgerStore
public import Telemetry

/// What is observed of a server: metrics, the access log and traces, each of them only where it is asked for.
public struct ServerTelemetry: Sendable {
    /// Nothing is observed, and nothing is spent on it.
    public static let none = ServerTelemetry()

    /// Who may read `/metrics`.
    public enum Reader: Sendable {
        /// Peers on this machine's loopback.
        case loopback
        /// Whoever sends this bearer token.
        case token(String)
    }

    let registry: MetricRegistry?
    let accessLog: AccessLog?
    let tracer: SpanTracer?
    let reader: Reader
    let requests: RequestMetrics?
    let process: ProcessMetrics?
    private let ledger: LedgerMetrics?

    /// - Parameters:
    ///   - registry: nil: `/metrics` is not there.
    ///   - reader: who may read `/metrics`.
    public init(registry: MetricRegistry? = nil, accessLog: AccessLog? = nil, tracer: SpanTracer? = nil, reader: Reader = .loopback) {
        self.registry = registry
        self.accessLog = accessLog
        self.tracer = tracer
        self.reader = reader
        requests = registry.map { RequestMetrics($0) }
        process = registry.map { ProcessMetrics($0) }
        ledger = registry.map { LedgerMetrics($0) }
    }

    /// What the write lanes tell; nil: nothing is asked of them.
    public var observer: (any LaneObserver)? {
        ledger == nil && tracer == nil ? nil : LaneTelemetry(metrics: ledger, tracer: tracer)
    }

    /// Whether requests are looked at.
    var observesRequests: Bool { requests != nil || accessLog != nil || tracer != nil }

    /// Brings up to date what is only read when it is asked for.
    ///
    /// - Parameter now: the ledger's time.
    func collect(_ figures: FigureMetrics?, at now: Timestamp) async {
        ledger?.settle(at: now)
        await figures?.collect()
        process?.collect()
    }
}
