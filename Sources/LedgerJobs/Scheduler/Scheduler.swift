internal import Ledger
public import LedgerStore
public import Logging
public import Metrics
public import ServiceLifecycle

/// Runs what is due.
///
/// Every replica looks each second; the one that has the lease starts what is due by the ledger's clock. That only saves
/// work: a run needs a claim on its schedule, so that runs of one job do not overlap, and what makes an effect happen once
/// is a unique key in the effect's own transaction.
public struct Scheduler: Service {
    let jobs: [any ScheduledJob]
    let schedules: ScheduleStore
    let clock: StoreClock
    let options: SchedulerOptions
    let logger: Logger
    let metrics: [String: JobMetrics]
    let replica: Identifier
    let random: @Sendable () -> UInt64
    private let registration = Registration()
    /// After so many attempts in a row that the store could not answer ``runDue()`` leaves a job.
    private static let maximumInterruptions = 3
    private let asked = AskedRuns()

    /// - Parameters:
    ///   - jobs: in the order in which those due at the same time start. Their names differ.
    ///   - random: spreads attempts after failures.
    public init(
        _ jobs: [any ScheduledJob], schedules: ScheduleStore, clock: StoreClock, options: SchedulerOptions = SchedulerOptions(), logger: Logger,
        metrics factory: any MetricsFactory = MetricsSystem.factory, random: @escaping @Sendable () -> UInt64 = { .random(in: .min ... .max) }
    ) {
        self.jobs = jobs
        self.schedules = schedules
        self.clock = clock
        self.options = options
        self.logger = logger
        self.random = random
        metrics = Dictionary(jobs.map { ($0.name, JobMetrics(name: $0.name, factory: factory)) }, uniquingKeysWith: { first, _ in first })
        replica = .fresh(at: clock.now())
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown { await tick() }
        await asked.cancelAll()
        await shielded("the lease could not be given up; it ends by itself") { try await schedules.endLease(of: replica) }
    }

    /// Runs everything that is due now, on this replica or by waiting for another that is at it. Failures are not thrown:
    /// the schedules tell of them.
    public func runDue() async throws {
        try await register()
        let target = try await schedules.read().now
        var failed: Set<String> = []
        var interruptions: [String: Int] = [:]
        while true {
            try Task.checkCancellation()
            let reading = try await schedules.read()
            let late = jobs.filter { job in reading.schedules[job.name].map { $0.nextDueAt <= target } ?? false && !failed.contains(job.name) }
            guard !late.isEmpty else { return }
            let plan = SchedulePlan(jobs, reading, ignoring: failed, waitsForRetry: false)
            guard !plan.ready.isEmpty else {
                try await Task.sleep(for: .milliseconds(10))
                continue
            }
            await withTaskGroup(of: (String, Ending).self) { group in
                for run in plan.ready { group.addTask { (run.job.name, await perform(run, reading)) } }
                for await (name, ending) in group {
                    interruptions[name] = ending == .interrupted ? interruptions[name, default: 0] + 1 : nil
                    if ending == .failed || interruptions[name, default: 0] >= Self.maximumInterruptions { failed.insert(name) }
                }
            }
        }
    }

    /// Runs one job now, whenever it is due. A long run goes on after the answer.
    public func runNow(_ name: String) async throws -> AskedRun {
        guard let job = jobs.first(where: { $0.name == name }) else { return .unknown }
        try await register()
        let deadline = ContinuousClock.now + options.patience
        while true {
            let reading = try await schedules.read()
            if let claim = try await schedules.claim(
                name, due: nil, startedAt: reading.now, moment: reading.moment, seconds: options.claimSeconds)
            {
                let hasEnded = await asked.run(claim.id, waiting: options.attention) { await perform(job, claim, at: reading.now) }
                guard let status = try await list().first(where: { $0.schedule.name == name }) else { return .unknown }
                // It may have ended since.
                return hasEnded || !status.isRunning ? .ran(status) : .goesOn(status)
            }
            guard ContinuousClock.now < deadline else { return .isRunning }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// The state of every job, in the order in which they start.
    public func list() async throws -> [ScheduleStatus] {
        try await register()
        let reading = try await schedules.read()
        return jobs.compactMap { job in
            reading.schedules[job.name].map { ScheduleStatus($0, every: job.cadence.description, in: reading) }
        }
    }

    /// Makes sure, once in a process, that every job has its row.
    func register() async throws {
        guard !registration.isDone else { return }
        let now = try await schedules.read().now
        let before = Timestamp(microseconds: now.microseconds - 1)
        try await schedules.register(jobs.map { ($0.name, $0.cadence.next(after: before), $0.cadence.next(after: now)) })
        registration.finish()
    }

    /// Does what must be done although the task is cancelled.
    func shielded(_ complaint: String, _ body: @escaping @Sendable () async throws -> Void) async {
        let work = Task { try await body() }
        do {
            try await work.value
        } catch {
            logger.warning("\(complaint)", metadata: ["error": "\(error)"])
        }
    }
}
