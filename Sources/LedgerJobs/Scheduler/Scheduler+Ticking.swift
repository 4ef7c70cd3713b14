internal import Ledger
internal import LedgerStore
internal import Logging

extension Scheduler {
    /// Looks every second, and at once when a run ends that others may wait for, until the task is cancelled. What runs
    /// then is cancelled too, and waited for.
    func tick() async {
        let (wakes, waker) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        await withDiscardingTaskGroup { group in
            group.addTask {
                while !Task.isCancelled {
                    waker.yield()
                    // Just after the full second, when the jobs of each second are due.
                    let past = clock.now().microseconds % 1_000_000
                    let wait = clock.mode == .test ? 1_000_000 : 1_000_000 - past + 5_000
                    try? await Task.sleep(for: .microseconds(wait))
                }
                waker.finish()
            }
            for await _ in wakes {
                do {
                    try await register()
                    for (run, reading) in try await due() {
                        group.addTask {
                            if await perform(run, reading) != .skipped, waits(for: run.job.name) { waker.yield() }
                        }
                    }
                } catch {
                    guard !Task.isCancelled else { continue }
                    logger.warning("what is due could not be read; the next second tries again", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    /// What this replica is to start now; nothing unless it has the lease.
    private func due() async throws -> [(SchedulePlan.Run, ScheduleReading)] {
        let reading = try await schedules.read()
        guard try await holdsLease(reading) else { return [] }
        return SchedulePlan(jobs, reading).ready.map { ($0, reading) }
    }

    private func holdsLease(_ reading: ScheduleReading) async throws -> Bool {
        switch SchedulerLease.step(reading.lease, replica: replica, at: reading.moment, seconds: options.leaseSeconds) {
        case .wait: return false
        case .keep: return true
        case .write(let lease):
            guard try await schedules.write(lease, over: reading.lease) else { return false }
            if lease.term != reading.lease?.term { logger.info("this replica runs scheduled jobs now", metadata: ["term": "\(lease.term)"]) }
            return true
        }
    }

    private func waits(for name: String) -> Bool { jobs.contains { $0.after.contains(name) } }
}
