import ArgumentParser
import LedgerAPI
import LedgerJobs
import LedgerStore
import Logging
import OIDC
import Postgres
import ServiceLifecycle
import UnixSignals

/// Runs the service until it is told to stop.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run the service.")

    @Option(help: "Address to listen on.") var host: String?
    @Option(help: "Port to listen on; 0 for any free one.") var port: Int?
    @Option(help: "Folder with the policy of the organisation 'default', applied where it differs from the one in force.") var policy: String?
    @Option(help: "Price file in LiteLLM's format, imported where prices differ from those in force.") var prices: String?
    @Flag(help: "Keep the time in the database and move it by POST /v1/test-clock/advance.") var testClock = false

    func run() async throws {
        var settings = try await Settings.load()
        settings.host = host ?? settings.host
        settings.port = port ?? settings.port
        settings.policyDirectory = policy ?? settings.policyDirectory
        settings.pricesFile = prices ?? settings.pricesFile
        settings.testClock = testClock || settings.testClock
        let final = settings
        try await Installation.with(final, makesCluster: true) { try await serve($0, final) }
    }

    private func serve(_ installation: Installation, _ settings: Settings) async throws {
        let logger = installation.logger
        let telemetry = try TelemetryParts(settings, logger: logger)
        _ = try await installation.migrate()
        let store = Store(
            connectionString: installation.connectionString,
            options: Store.Options(
                laneCount: settings.lanes, clockMode: settings.testClock ? .test : .database, observer: telemetry.server.observer),
            logger: logger)
        try await store.start()
        let welcome = try await FirstStart(store: store, settings: settings).run()
        let sender = DeliverySender(
            store: store, allowsPrivate: settings.webhooksAllowPrivate, publicURL: settings.publicURL, logger: logger)
        let jobs = Jobs.all(store, sender: sender, logger: logger)
        let scheduler = Scheduler(jobs, schedules: store.schedules, clock: store.clock, logger: logger)
        let publisher = FeedPublisher(feed: store.feed, logger: logger)
        let sweeper = HoldSweeper(sweeps: store.sweeps, logger: logger)
        let watcher = FeedWatcher(feed: store.feed, logger: logger)
        let people = settings.people.map { People(issuer: Issuer($0.provider, logger: logger), rules: $0.rules) }
        let api = try APIServer.make(
            store: store,
            options: APIServer.Options(
                host: settings.host, port: settings.port, certificate: settings.certificate, publicURL: settings.publicURL),
            logger: logger,
            jobs: JobControl(
                runDue: {
                    try await scheduler.runDue()
                    try await sender.runDue()
                }, list: scheduler.list, runNow: scheduler.runNow),
            webhooks: WebhookLine(
                allowsPrivate: settings.webhooksAllowPrivate, fault: { await sender.fault(of: $0) },
                test: { try await sender.test($0, organisation: $1) }),
            people: people, telemetry: telemetry.server,
            onReady: { port in welcome.print(host: settings.host, port: port, secure: settings.certificate != nil) })

        // Shut down in reverse: first the server stops accepting, then what waits is finished, and told of.
        var services = telemetry.services
        if let cluster = installation.cluster { services.append(ClusterSupervisor(cluster: cluster, logger: logger)) }
        if let people { services.append(people.issuer) }
        services += [store.lanes, store.approvalWatch, sweeper, scheduler, sender, publisher, watcher, api]
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
        await store.close()
    }
}
