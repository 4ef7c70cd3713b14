import Ledger
import LedgerJobs
import LedgerStore
import Metrics
import MetricsTestKit
import Synchronization
import TestSupport
import Testing

@Suite("Jobs that fail")
struct FailureTests {
    private struct Broken: Error {}

    @Test("a failed run is repeated after a wait, for the same due time; after eight attempts the job goes on")
    func attempts() async throws {
        try await TestLedger.with { (ledger) async throws in
            let job = SampleJob(every: 3_600) { _ in throw Broken() }
            let scheduler = ledger.scheduler([job])
            let start = ledger.now
            for attempt in 1...8 {
                try await scheduler.runDue()
                let schedule = try await ledger.schedule("sample")
                #expect(schedule.failures == attempt && schedule.lastState == .failed && schedule.lastError == "Broken()")
                if attempt < 8 {
                    #expect(schedule.attempts == attempt && schedule.nextDueAt == start)
                    #expect(schedule.retryAt == ledger.now.adding(seconds: 1 << (attempt - 1)))
                } else {
                    #expect(schedule.attempts == 0 && schedule.retryAt == nil && schedule.nextDueAt == start.adding(seconds: 3_600))
                }
            }
            #expect(job.contexts.map(\.dueAt) == Array(repeating: start, count: 8))
        }
    }

    @Test("what the store could not answer is tried again at once, a few times")
    func interrupted() async throws {
        try await TestLedger.with { (ledger) async throws in
            let attempts = Atomic(0)
            let job = SampleJob("once", every: 3_600) { _ in
                if attempts.add(1, ordering: .relaxed).newValue == 1 { throw StoreError(.unavailable, "away") }
            }
            let away = SampleJob("away", every: 3_600) { _ in throw StoreError(.unavailable, "away") }
            try await ledger.scheduler([job, away]).runDue()
            #expect(job.contexts.count == 2 && away.contexts.count == 3)
            let schedule = try await ledger.schedule("once")
            #expect(schedule.lastState == .ok && schedule.nextDueAt == ledger.now.adding(seconds: 3_600))
        }
    }

    @Test("a ticking replica leaves a failed job alone until its next attempt is due")
    func retry() async throws {
        try await TestLedger.with { (ledger) async throws in
            let failing = SampleJob("failing", every: 3_600) { context in if context.now == context.dueAt { throw Broken() } }
            let other = SampleJob("other", every: 1)
            try await RunningStore.running(ledger.scheduler([failing, other]), log: ledger.log) {
                #expect(try await eventually { try await ledger.store.schedules.read().schedules["failing"]?.failures == 1 })
                // The other's next run shows that a tick came by. Its first may still be about to write when it is due next.
                let before = other.contexts.count
                #expect(
                    try await eventually {
                        try ledger.database.run("UPDATE schedules SET next_due_at = '\(ledger.now)' WHERE name = 'other'")
                        return other.contexts.count > before
                    })
                #expect(failing.contexts.count == 1)
                try await ledger.advance(seconds: 1)
                #expect(try await eventually { try await ledger.schedule("failing").lastState == .ok })
                let schedule = try await ledger.schedule("failing")
                #expect(schedule.attempts == 0 && schedule.retryAt == nil && schedule.runs == 2 && schedule.failures == 1)
            }
        }
    }

    @Test("one that keeps failing holds up nobody, not even those that it goes before")
    func others() async throws {
        try await TestLedger.with { (ledger) async throws in
            let failing = SampleJob("failing") { _ in throw Broken() }
            let second = SampleJob("second", after: ["failing"])
            try await ledger.scheduler([failing, second]).runDue()
            #expect(failing.contexts.count == 1 && second.contexts.count == 1)
        }
    }

    @Test("what would fail again is not repeated, and a run that somebody asked for tells how it ended")
    func final() async throws {
        try await TestLedger.with { (ledger) async throws in
            let job = SampleJob { _ in throw JobFailure("three\0 found", isFinal: true) }
            let scheduler = ledger.scheduler([job])
            let start = ledger.now
            try await scheduler.runDue()
            #expect(try await ledger.schedule("sample").nextDueAt == start.adding(seconds: 60))
            guard case .ran(let status) = try await scheduler.runNow("sample") else { throw TestFailure("it did not run") }
            #expect(status.schedule.lastState == .failed && status.schedule.lastError == "three found" && status.schedule.runs == 2)
            #expect(status.schedule.nextDueAt == start.adding(seconds: 60) && status.lateSeconds == 0 && !status.isRunning)
            guard case .unknown = try await scheduler.runNow("nothing") else { throw TestFailure("there is such a job") }
        }
    }

    @Test("runs, failures, missed due times, lateness and duration are measured by name")
    func metrics() async throws {
        let metrics = TestMetrics()
        try await TestLedger.with { (ledger) async throws in
            let good = SampleJob("good")
            let bad = SampleJob("bad") { _ in throw JobFailure("no", isFinal: true) }
            let scheduler = ledger.scheduler([good, bad], metrics: metrics)
            try await scheduler.runDue()
            try await ledger.advance(seconds: 185)
            try await scheduler.runDue()
        }
        #expect(try metrics.expectCounter("purser_job_runs_total", [("name", "good"), ("state", "ok")]).totalValue == 2)
        #expect(try metrics.expectCounter("purser_job_runs_total", [("name", "good"), ("state", "failed")]).totalValue == 0)
        #expect(try metrics.expectCounter("purser_job_runs_total", [("name", "bad"), ("state", "failed")]).totalValue == 2)
        #expect(try metrics.expectCounter("purser_job_missed_total", [("name", "good")]).totalValue == 2)
        #expect(try metrics.expectRecorder("purser_job_lateness_seconds", [("name", "good")]).values == [0, 5])
        #expect(try metrics.expectRecorder("purser_job_duration_seconds", [("name", "bad")]).values.count == 2)
    }
}
