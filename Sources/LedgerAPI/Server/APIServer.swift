internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
public import LedgerStore
public import Logging
internal import NIOSSL
public import ServiceLifecycle

/// The HTTP interface of the ledger, as a service.
public struct APIServer {
    public struct Options: Sendable {
        public var host: String
        public var port: Int
        /// PEM files of a certificate chain and its key; both or neither.
        public var certificate: (chain: String, key: String)?
        /// Where people reach the service, without a slash at the end; nil: at the address that they ask for.
        public var publicURL: String?

        public init(
            host: String = "127.0.0.1", port: Int = 8080, certificate: (chain: String, key: String)? = nil, publicURL: String? = nil
        ) {
            self.host = host
            self.port = port
            self.certificate = certificate
            self.publicURL = publicURL
        }
    }

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - jobs: the scheduled jobs; a server with a test clock runs what is due after each advance.
    ///   - webhooks: who sends to webhooks.
    ///   - people: who is let in without a key; nil: nobody.
    ///   - telemetry: what is observed; its observer belongs into the store's options.
    ///   - onReady: called with the port once the server listens.
    public static func make(
        store: Store, options: Options, logger: Logger, jobs: JobControl, webhooks: WebhookLine, people: People? = nil,
        telemetry: ServerTelemetry = .none, onReady: @escaping @Sendable (Int) async -> Void
    ) throws -> some Service {
        let router = Router(context: PurserContext.self)
        if telemetry.observesRequests { router.add(middleware: ObservingMiddleware(telemetry)) }
        router.add(middleware: ProblemMiddleware())
        let table = routes(store: store, jobs: jobs, webhooks: webhooks, people: people, telemetry: telemetry)
        table.register(on: router)
        try DashboardRoutes(
            store: store, authenticator: Authenticator(organisations: store.organisations, people: people), interface: InnerInterface(table),
            place: DashboardPlace(publicURL: options.publicURL, isSecure: options.certificate != nil)
        ).table().register(on: router)
        return Application(
            router: router,
            server: try server(options),
            configuration: ApplicationConfiguration(address: .hostname(options.host, port: options.port), serverName: "purser"),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? options.port) },
            logger: logger
        )
    }

    static func routes(
        store: Store, jobs: JobControl, webhooks: WebhookLine, people: People? = nil, telemetry: ServerTelemetry = .none
    ) -> RouteTable {
        let authenticator = Authenticator(organisations: store.organisations, people: people)
        var table = RouteTable()
        ReservationRoutes(store: store, authenticator: authenticator).add(to: &table)
        SettlementRoutes(store: store, authenticator: authenticator).add(to: &table)
        UsageRoutes(store: store, authenticator: authenticator).add(to: &table)
        RunRoutes(store: store, authenticator: authenticator).add(to: &table)
        EnvelopeRoutes(store: store, authenticator: authenticator).add(to: &table)
        BalanceRoutes(store: store, authenticator: authenticator).add(to: &table)
        AlertRoutes(store: store, authenticator: authenticator).add(to: &table)
        AnomalyRoutes(store: store, authenticator: authenticator).add(to: &table)
        OutcomeRoutes(store: store, authenticator: authenticator).add(to: &table)
        CorrectionRoutes(store: store, authenticator: authenticator).add(to: &table)
        EconomicsRoutes(store: store, authenticator: authenticator).add(to: &table)
        ReportRoutes(store: store, authenticator: authenticator).add(to: &table)
        RouteTrialRoutes(store: store, authenticator: authenticator).add(to: &table)
        ReviewRoutes(store: store, authenticator: authenticator).add(to: &table)
        EventRoutes(store: store, authenticator: authenticator).add(to: &table)
        ApprovalRoutes(store: store, authenticator: authenticator).add(to: &table)
        SuspensionRoutes(store: store, authenticator: authenticator).add(to: &table)
        TagRoutes(store: store, authenticator: authenticator).add(to: &table)
        PolicyRoutes(store: store, authenticator: authenticator).add(to: &table)
        PriceRoutes(store: store, authenticator: authenticator).add(to: &table)
        WebhookRoutes(store: store, authenticator: authenticator, line: webhooks).add(to: &table)
        DeliveryRoutes(store: store, authenticator: authenticator).add(to: &table)
        KeyRoutes(store: store, authenticator: authenticator).add(to: &table)
        OrganisationRoutes(store: store, authenticator: authenticator).add(to: &table)
        ScheduleRoutes(jobs: jobs, authenticator: authenticator).add(to: &table)
        ExportRoutes(store: store, authenticator: authenticator).add(to: &table)
        ImportRoutes(store: store, authenticator: authenticator).add(to: &table)
        HealthRoutes(store: store).add(to: &table)
        MetricsRoutes(store: store, telemetry: telemetry).add(to: &table)
        DocumentRoutes().add(to: &table)
        if store.clock.mode == .test {
            TestClockRoutes(store: store, authenticator: authenticator, runDueJobs: jobs.runDue).add(to: &table)
        }
        return table
    }

    private static func server(_ options: Options) throws -> HTTPServerBuilder {
        guard let certificate = options.certificate else { return .http1() }
        let tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificate.chain).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: certificate.key, format: .pem)))
        return try .tls(.http1(), tlsConfiguration: tls)
    }
}
