import LedgerJobs
import LedgerStore
import Metrics
import TestSupport

extension TestLedger {
    /// A scheduler on this replica.
    func scheduler(
        _ jobs: [any ScheduledJob], metrics: any MetricsFactory = NOOPMetricsHandler.instance, random: UInt64 = .max,
        change: (inout SchedulerOptions) -> Void = { _ in }
    ) -> Scheduler {
        var options = SchedulerOptions()
        options.patience = .zero
        change(&options)
        return Scheduler(
            jobs, schedules: store.schedules, clock: store.clock, options: options, logger: log.logger, metrics: metrics, random: { random })
    }

    /// The jobs of the service.
    var jobs: [any ScheduledJob] {
        Jobs.all(store, sender: DeliverySender(store: store, allowsPrivate: true, logger: log.logger), logger: log.logger)
    }

    /// Runs everything that is due, with the jobs of the service.
    func runDue() async throws { try await scheduler(jobs).runDue() }

    func schedule(_ name: String) async throws -> StoredSchedule {
        guard let schedule = try await store.schedules.read().schedules[name] else { throw TestFailure("there is no schedule \(name)") }
        return schedule
    }
}
