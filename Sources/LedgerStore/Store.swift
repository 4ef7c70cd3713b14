internal import Ledger
public import Logging
public import Postgres

/// The ledger kept in PostgreSQL: everything that reads or writes it goes through one of these parts.
public struct Store: Sendable {
    public struct Options: Sendable {
        /// Connections for reads and for changes of configuration.
        public var poolSize: Int
        /// Write lanes, each one connection and one thread; an organisation is served by one of them.
        public var laneCount: Int
        /// How many operations may wait for a lane.
        public var queueCapacity: Int
        /// How long an operation may take, waiting included.
        public var operationTimeout: Duration
        public var clockMode: StoreClock.Mode
        /// Hears what the write lanes do and which breakers jobs trip; nil: nobody does, and nothing is measured.
        public var observer: (any LaneObserver)?

        public init(
            poolSize: Int = 8, laneCount: Int = 1, queueCapacity: Int = 4_096, operationTimeout: Duration = .seconds(5),
            clockMode: StoreClock.Mode = .database, observer: (any LaneObserver)? = nil
        ) {
            self.poolSize = poolSize
            self.laneCount = laneCount
            self.queueCapacity = queueCapacity
            self.operationTimeout = operationTimeout
            self.clockMode = clockMode
            self.observer = observer
        }
    }

    let pool: Pool
    public let clock: StoreClock
    public let lanes: WriteLanes
    public let organisations: OrganisationStore
    public let keys: KeyStore
    public let sessions: SessionStore
    public let policies: PolicyStore
    public let prices: PriceStore
    public let reservations: ReservationReader
    public let runs: RunReader
    public let runList: RunListing
    public let balances: BalanceReader
    public let envelopes: EnvelopeStore
    public let suspensions: SuspensionStore
    public let sweeps: SuspensionSweeps
    public let events: EventReader
    public let feed: Feed
    public let feedReader: FeedReader
    public let alerts: AlertStore
    public let approvals: ApprovalReader
    public let approvalDesk: ApprovalDesk
    public let approvalWatch: ApprovalWatch
    public let adjustments: ExpiredAdjustments
    public let routes: DowngradedRoutes
    public let holds: ExpiredHolds
    public let testClock: TestClock
    public let schedules: ScheduleStore
    public let partitions: PartitionKeeper
    public let oldRows: OldRows
    public let idleCounters: IdleCounters
    public let idleSuspensions: IdleSuspensions
    public let check: LedgerCheck
    public let windows: WindowKeeper
    public let usage: UsageRollUp
    public let corrections: CorrectionStore
    public let correctionWork: CorrectionWork
    public let baselines: BaselineWatch
    public let anomalies: AnomalyStore
    public let outcomes: OutcomeStore
    public let imports: ImportStore
    public let reports: ReportStore
    public let reviews: ReviewStore
    public let routeTrials: RouteTrialStore
    public let webhooks: WebhookStore
    public let deliveries: DeliveryReader
    public let deliveryQueue: DeliveryQueue
    public let deliveryFilling: DeliveryFilling
    public let figures: FigureReader
    public let sealer: Sealer
    public let seals: SealReader
    public let spend: SpendReader

    /// - Parameter connectionString: any libpq connection string, as a role that owns the tables.
    public init(connectionString: String, options: Options = Options(), logger: Logger) {
        let owner = ConnectionSettings(connectionString)
        let service = Self.serviceSettings(connectionString)
        pool = Pool(service, size: options.poolSize, logger: logger)
        clock = StoreClock(options.clockMode)
        let directory = OrganisationDirectory(ownerSettings: owner)
        let signal = FeedSignal()
        let sweepSignal = SweepSignal()
        lanes = WriteLanes(
            settings: service, directory: directory, clock: clock, signal: signal, sweeps: sweepSignal, options: options, logger: logger)
        organisations = OrganisationStore(pool: pool, directory: directory, clock: clock)
        keys = KeyStore(pool: pool, clock: clock)
        sessions = SessionStore(pool: pool, clock: clock)
        policies = PolicyStore(pool: pool, clock: clock)
        prices = PriceStore(pool: pool, clock: clock)
        reservations = ReservationReader(pool: pool)
        runs = RunReader(pool: pool)
        runList = RunListing(pool: pool)
        balances = BalanceReader(pool: pool, clock: clock)
        envelopes = EnvelopeStore(pool: pool, clock: clock, signal: signal)
        suspensions = SuspensionStore(pool: pool, clock: clock, signal: signal, sweeps: sweepSignal)
        sweeps = SuspensionSweeps(pool: pool, lanes: lanes, directory: directory, signal: sweepSignal, logger: logger)
        events = EventReader(pool: pool)
        feed = Feed(pool: pool, clock: clock, signal: signal, logger: logger)
        feedReader = FeedReader(pool: pool)
        alerts = AlertStore(pool: pool, directory: directory, clock: clock, signal: signal, logger: logger)
        approvals = ApprovalReader(pool: pool)
        approvalWatch = ApprovalWatch(pool: pool, logger: logger)
        approvalDesk = ApprovalDesk(
            pool: pool, lanes: lanes, reader: approvals, watch: approvalWatch, directory: directory, clock: clock, signal: signal,
            logger: logger)
        adjustments = ExpiredAdjustments(pool: pool, directory: directory, clock: clock, signal: signal, logger: logger)
        routes = DowngradedRoutes(pool: pool, directory: directory, clock: clock, signal: signal)
        holds = ExpiredHolds(pool: pool, lanes: lanes, directory: directory, clock: clock, logger: logger)
        testClock = TestClock(pool: pool, clock: clock)
        schedules = ScheduleStore(pool: pool, clock: clock)
        partitions = PartitionKeeper(directory: directory, logger: logger)
        oldRows = OldRows(pool: pool, organisations: organisations)
        idleCounters = IdleCounters(pool: pool, organisations: organisations)
        idleSuspensions = IdleSuspensions(pool: pool, organisations: organisations, suspensions: suspensions)
        windows = WindowKeeper(
            pool: pool, organisations: organisations, directory: directory, partitions: partitions, clock: clock, logger: logger)
        check = LedgerCheck(settings: service, pool: pool, clock: clock, logger: logger)
        usage = UsageRollUp(pool: pool, directory: directory, logger: logger)
        correctionWork = CorrectionWork(pool: pool, clock: clock, rollUp: usage, logger: logger)
        corrections = CorrectionStore(pool: pool, clock: clock, work: correctionWork)
        baselines = BaselineWatch(
            pool: pool, directory: directory, organisations: organisations, suspensions: suspensions, signal: signal,
            observer: options.observer, logger: logger)
        anomalies = AnomalyStore(
            pool: pool, directory: directory, organisations: organisations, suspensions: suspensions, clock: clock, signal: signal,
            observer: options.observer, logger: logger)
        outcomes = OutcomeStore(pool: pool, clock: clock)
        imports = ImportStore(pool: pool, clock: clock, partitions: partitions)
        reports = ReportStore(pool: pool, clock: clock, balances: balances)
        routeTrials = RouteTrialStore(
            pool: pool, clock: clock, directory: directory, organisations: organisations, outcomes: outcomes, signal: signal, logger: logger)
        let reviewParts = ReviewParts(
            pool: pool, reports: reports, outcomes: outcomes, anomalies: anomalies, suspensions: suspensions, trials: routeTrials)
        reviews = ReviewStore(
            pool: pool, clock: clock, directory: directory, organisations: organisations, parts: reviewParts, signal: signal, logger: logger)
        webhooks = WebhookStore(pool: pool, clock: clock)
        deliveries = DeliveryReader(pool: pool)
        deliveryQueue = DeliveryQueue(pool: pool, clock: clock, signal: signal)
        figures = FigureReader(pool: pool, directory: directory)
        sealer = Sealer(pool: pool, clock: clock, logger: logger)
        seals = SealReader(pool: pool)
        spend = SpendReader(pool: pool)
        deliveryFilling = DeliveryFilling(pool: pool, clock: clock, directory: directory, feed: feedReader)
    }

    /// How the service connects: never as the owner, so that no fact can be changed.
    public static func serviceSettings(_ connectionString: String) -> ConnectionSettings {
        ConnectionSettings(connectionString, setup: ["SET ROLE \(Schema.serviceRole)"])
    }

    /// Brings the schema up to date and makes the partitions of this month and the two after it.
    ///
    /// - Returns: the migrations that were applied now.
    public static func migrate(connectionString: String) throws -> [Migration] {
        let session = try Session.connect(ConnectionSettings(connectionString))
        defer { session.close() }
        let applied = try MigrationRunner(try Schema.migrations()).run(session)
        try Partitions.create(from: try TestClock.latest(in: session), ahead: 2, in: session)
        return applied
    }

    /// Reads the time for the first time; call once before anything else.
    public func start() async throws {
        try await testClock.start()
    }

    /// Gives back the connections; call last.
    public func close() async { await pool.close() }

    /// Asks the database for anything at all.
    public func ping() async throws {
        try await pool.withSession { _ = try $0.execute(Statement("ping", "SELECT 1")) }
    }
}
