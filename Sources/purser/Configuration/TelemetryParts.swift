import CoreMetrics
import LedgerAPI
import Logging
import Metrics
import ServiceLifecycle
import Telemetry

/// Metrics, access log and traces, as the settings ask for them.
struct TelemetryParts {
    let server: ServerTelemetry
    /// What runs beside the server.
    let services: [any Service]

    /// Call once, and before anything records a metric.
    ///
    /// - Throws: `SettingsError` where the environment asks for traces that cannot be made.
    init(_ settings: Settings, logger: Logger) throws {
        let registry = MetricRegistry(labelLimit: settings.metricsLabelLimit)
        if settings.metrics { MetricsSystem.bootstrap(RegistryMetricsFactory(registry, help: Self.help)) }
        registry.gauge("purser_build_info", "Always 1; the labels say what runs.", labels: ["swift", "mode"]).series(Self.swift, Self.mode).set(1)
        var services: [any Service] = []
        let accessLog = settings.accessLog ? AccessLog(registry: registry) : nil
        if let accessLog { services.append(accessLog) }
        var tracer: SpanTracer?
        if let traces = try TraceSettings.load() {
            let made = SpanTracer(sampler: traces.sampler, registry: registry)
            services.append(SpanExporter(made, options: traces.exporter, logger: logger))
            tracer = made
        }
        self.services = services
        server = ServerTelemetry(
            registry: settings.metrics ? registry : nil, accessLog: accessLog, tracer: tracer,
            reader: settings.metricsToken.map { .token($0) } ?? .loopback)
    }

    /// Of metrics that are recorded through swift-metrics.
    private static let help = [
        "purser_job_lateness_seconds": "How long after its due time a job started, in the ledger's time.",
        "purser_job_duration_seconds": "How long a run of a job took.",
        "purser_job_missed_total": "Due times of a job that came and went while nothing ran.",
        "purser_job_runs_total": "Runs of a job, by how they ended.",
        "purser_deliveries_total": "Requests to webhooks, by what became of the message.",
        "purser_delivery_duration_seconds": "How long a request to a webhook took.",
    ]

    #if swift(>=6.3)
        private static let swift = "6.3"
    #else
        private static let swift = "6.2"
    #endif
    #if DEBUG
        private static let mode = "debug"
    #else
        private static let mode = "release"
    #endif
}
