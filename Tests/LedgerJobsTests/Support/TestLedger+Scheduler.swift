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

    /// Runs everything that is due, with the jobs of the service.
    func runDue() async throws { try await scheduler(Jobs.all(store, logger: log.logger)).runDue() }

    func schedule(_ name: String) async throws -> StoredSchedule {
        guard let schedule = try await store.schedules.read().schedules[name] else { throw TestFailure("there is no schedule \(name)") }
        return schedule
    }
}
