internal import Ledger
internal import LedgerStore

/// What to start now, decided from the state as it was read.
struct SchedulePlan {
    struct Run: Sendable {
        let job: any ScheduledJob
        let schedule: StoredSchedule
        let due: Cadence.Due

        /// The due time that the run is for.
        var dueAt: Timestamp { job.catchUp == .latest ? due.latest : due.first }
        var next: Timestamp { job.catchUp == .latest ? due.next : min(job.cadence.next(after: due.first), due.next) }
        /// Due times before this one that have no run of their own.
        var missed: Int64 { job.catchUp == .latest ? due.count - 1 : 0 }
    }

    /// In the order in which they start.
    private(set) var ready: [Run] = []
    /// How many are due but cannot start yet: they are running, or another goes first.
    private(set) var waiting = 0

    /// - Parameters:
    ///   - jobs: in the order in which those due at the same time start.
    ///   - ignored: names of jobs that are not looked at.
    ///   - waitsForRetry: what failed is left alone until its next attempt is due.
    init(_ jobs: [any ScheduledJob], _ reading: ScheduleReading, ignoring ignored: Set<String> = [], waitsForRetry: Bool = true) {
        var due: [Run] = []
        for job in jobs where !ignored.contains(job.name) {
            guard let schedule = reading.schedules[job.name], let times = job.cadence.due(since: schedule.nextDueAt, now: reading.now) else {
                continue
            }
            if waitsForRetry, let retryAt = schedule.retryAt, retryAt > reading.now { continue }
            due.append(Run(job: job, schedule: schedule, due: times))
        }
        let order = due.enumerated().sorted { ($0.element.dueAt, $0.offset) < ($1.element.dueAt, $1.offset) }
        for run in order.map(\.element) {
            if run.schedule.isRunning(at: reading.moment) || Self.isBlocked(run, by: due) {
                waiting += 1
            } else {
                ready.append(run)
            }
        }
    }

    /// Whether a job that goes first has yet to run since this one became due. One that keeps failing holds up nobody, and
    /// one that is slower than its rhythm nobody but once.
    private static func isBlocked(_ run: Run, by due: [Run]) -> Bool {
        due.contains { run.job.after.contains($0.job.name) && $0.schedule.attempts == 0 && $0.schedule.nextDueAt <= run.schedule.nextDueAt }
    }
}
