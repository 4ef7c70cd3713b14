internal import HTTPTypes
internal import Hummingbird
internal import LedgerStore
internal import NIOCore
internal import Telemetry

/// `GET /metrics`: what is counted, for Prometheus.
struct MetricsRoutes: Sendable {
    /// Prometheus' text format.
    private static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private let store: Store
    private let telemetry: ServerTelemetry
    private let figures: FigureMetrics?

    init(store: Store, telemetry: ServerTelemetry) {
        self.store = store
        self.telemetry = telemetry
        figures = telemetry.registry.map { FigureMetrics($0, store: store) }
    }

    func add(to table: inout RouteTable) {
        table.add(.get, "/metrics", show)
    }

    @Sendable private func show(_ request: Request, _ context: PurserContext) async throws -> Response {
        guard let registry = telemetry.registry else { throw Problem.notFound("Metrics are turned off here (PURSER_METRICS).") }
        try check(request, context)
        await telemetry.collect(figures, at: store.clock.now())
        return Response(
            status: .ok, headers: [.contentType: Self.contentType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: registry.exposition())))
    }

    private func check(_ request: Request, _ context: PurserContext) throws {
        switch telemetry.reader {
        case .loopback:
            guard Self.isOnThisMachine(context.channel.remoteAddress) else {
                throw Problem.forbidden(
                    "Without PURSER_METRICS_TOKEN metrics are shown on the server's own machine only. Set it, and send it as a bearer token.")
            }
        case .token(let token):
            guard let sent = request.headers[.authorization], Self.isEqual(sent, "Bearer \(token)") else { throw Problem.unauthorized }
        }
    }

    /// A peer that cannot be told is none of this machine's.
    static func isOnThisMachine(_ peer: SocketAddress?) -> Bool { peer?.isLoopback ?? false }

    /// Takes as long wherever the first difference is.
    private static func isEqual(_ sent: String, _ expected: String) -> Bool {
        let sent = Array(sent.utf8)
        let expected = Array(expected.utf8)
        guard sent.count == expected.count else { return false }
        return zip(sent, expected).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
