import Ledger
import LedgerJobs
import LedgerStore
import TestSupport
import Testing

@Suite("What is due runs once")
struct SchedulerTests {
    private static let start = Timestamp(rfc3339: LedgerDatabase.start) ?? Timestamp(seconds: 0)

    @Test("two replicas at once: each due time has one run, the oldest first", arguments: [false, true])
    func replicas(tick: Bool) async throws {
        try await TestLedger.with { (ledger) async throws in
            try await RunningStore.with(ledger.database, log: ledger.log) { store in
                let job = SampleJob("all", .all)
                let replicas = [ledger.scheduler([job]), ledger.through(store).scheduler([job])]
                try await replicas[0].runDue()
                try await ledger.advance(seconds: 600)
                if tick {
                    try await RunningStore.running(replicas[0], log: ledger.log) {
                        try await RunningStore.running(replicas[1], log: ledger.log) {
                            // Both tick, and somebody waits for what is due.
                            try await replicas[1].runDue()
                        }
                    }
                } else {
                    async let first: Void = replicas[0].runDue()
                    async let second: Void = replicas[1].runDue()
                    _ = try await (first, second)
                }
                #expect(job.contexts.map(\.dueAt) == (0...10).map { Self.start.adding(seconds: $0 * 60) })
                #expect(job.contexts.allSatisfy { $0.missed == 0 })
                let schedule = try await ledger.schedule("all")
                #expect(schedule.runs == 11 && schedule.missed == 0 && schedule.nextDueAt == Self.start.adding(seconds: 660))
            }
        }
    }

    @Test("what only the latest matters of runs once after a pause, and the others count as missed")
    func missed() async throws {
        try await TestLedger.with { (ledger) async throws in
            let job = SampleJob()
            let scheduler = ledger.scheduler([job])
            try await scheduler.runDue()
            try await ledger.advance(seconds: 605)
            try await scheduler.runDue()
            try await scheduler.runDue()
            #expect(job.contexts.map(\.dueAt) == [Self.start, Self.start.adding(seconds: 600)])
            #expect(job.contexts.map(\.missed) == [0, 9])
            let schedule = try await ledger.schedule("sample")
            #expect(schedule.missed == 9 && schedule.runs == 2 && schedule.lastState == .ok && schedule.lastDueAt == Self.start.adding(seconds: 600))
            #expect(schedule.nextDueAt == Self.start.adding(seconds: 660) && schedule.lastFinishedAt == ledger.now)
        }
    }

    @Test("when the holder of the lease vanishes another replica takes over, in a new term")
    func takeover() async throws {
        try await TestLedger.with { (ledger) async throws in
            try ledger.database.run(
                "INSERT INTO scheduler_lease VALUES (1, '00000000-0000-7000-8000-000000000001', 7, clock_timestamp() + interval '1 hour')")
            let job = SampleJob()
            try await RunningStore.running(ledger.scheduler([job]), log: ledger.log) {
                #expect(try await eventually { try ledger.database.number("SELECT count(*) FROM schedules") == 1 })
                #expect(job.contexts.isEmpty)
                try ledger.database.run("UPDATE scheduler_lease SET expires_at = clock_timestamp()")
                #expect(try await eventually { !job.contexts.isEmpty })
                #expect(try ledger.database.number("SELECT term FROM scheduler_lease") == 8)
            }
            // Given up at the end, so that nobody has to wait for it.
            #expect(try ledger.database.number("SELECT count(*) FROM scheduler_lease WHERE expires_at > clock_timestamp()") == 0)
        }
    }

    @Test("a job does not overlap with itself: another run waits, or is told that it is running")
    func overlap() async throws {
        try await TestLedger.with { (ledger) async throws in
            let gate = Gate()
            let job = SampleJob { _ in try await gate.pass() }
            let scheduler = ledger.scheduler([job])
            async let due: Void = scheduler.runDue()
            await gate.waitForRun()
            guard case .isRunning = try await scheduler.runNow("sample") else { throw TestFailure("it ran twice at once") }
            #expect(try await scheduler.list().map(\.isRunning) == [true])
            try await ledger.advance(seconds: 60)
            async let next: Void = scheduler.runDue()
            gate.open()
            _ = try await (due, next)
            #expect(job.contexts.map(\.dueAt) == [Self.start, Self.start.adding(seconds: 60)])
            #expect(try await scheduler.list().map(\.isRunning) == [false])
        }
    }

    @Test("a long run that somebody asked for goes on when he was answered")
    func longRun() async throws {
        try await TestLedger.with { (ledger) async throws in
            let gate = Gate()
            let scheduler = ledger.scheduler([SampleJob { _ in try await gate.pass() }]) {
                $0.attention = .zero
                $0.patience = .seconds(600)
            }
            guard case .goesOn(let status) = try await scheduler.runNow("sample") else { throw TestFailure("it was waited for") }
            #expect(status.isRunning)
            await gate.waitForRun()
            gate.open()
            // Waits for the first to end.
            if case .isRunning = try await scheduler.runNow("sample") { throw TestFailure("the first did not end") }
            #expect(try await ledger.schedule("sample").runs >= 1)
        }
    }

    @Test("a run that somebody asked for ends with the scheduler, as if it had not begun")
    func askedRunAtShutdown() async throws {
        try await TestLedger.with { (ledger) async throws in
            let gate = Gate()
            let scheduler = ledger.scheduler([SampleJob { _ in try await gate.pass() }]) { $0.attention = .zero }
            _ = try await scheduler.runNow("sample")
            await gate.waitForRun()
            let service = Task { try await scheduler.run() }
            service.cancel()
            try await service.value
            #expect(try await scheduler.list().map(\.isRunning) == [false])
            #expect(try await ledger.schedule("sample").runs == 0)
        }
    }

    @Test("the claim of a run that vanished is taken over when it is over")
    func vanishedRun() async throws {
        try await TestLedger.with { (ledger) async throws in
            let job = SampleJob()
            let scheduler = ledger.scheduler([job])
            _ = try await scheduler.list()
            try ledger.database.run(
                "UPDATE schedules SET claimed_by = '00000000-0000-7000-8000-000000000001', claimed_until = clock_timestamp() + interval '1 hour'")
            guard case .isRunning = try await scheduler.runNow("sample") else { throw TestFailure("the claim was not respected") }
            async let due: Void = scheduler.runDue()
            try ledger.database.run("UPDATE schedules SET claimed_until = clock_timestamp()")
            try await due
            #expect(job.contexts.count == 1)
        }
    }

    @Test("a run whose claim was taken over is stopped, and records nothing")
    func lostClaim() async throws {
        try await TestLedger.with { (ledger) async throws in
            let gate = Gate()
            let job = SampleJob { _ in try await gate.pass() }
            let scheduler = ledger.scheduler([job]) { $0.claimSeconds = 1 }
            async let asked = scheduler.runNow("sample")
            await gate.waitForRun()
            try ledger.database.run(
                "UPDATE schedules SET claimed_by = '00000000-0000-7000-8000-000000000001', claimed_until = clock_timestamp() + interval '1 hour'")
            _ = try await asked
            #expect(try await ledger.schedule("sample").runs == 0)
            #expect(try ledger.database.number("SELECT count(*) FROM schedules WHERE claimed_until > clock_timestamp()") == 1)
            gate.open()
        }
    }

    @Test("of two jobs that are due together the one that goes first has ended before the other begins")
    func order() async throws {
        try await TestLedger.with { (ledger) async throws in
            let first = SampleJob("first", every: 1)
            let second = SampleJob("second", after: ["first"]) { context in
                #expect(first.contexts.last.map { $0.dueAt >= context.dueAt } ?? false)
            }
            let scheduler = ledger.scheduler([second, first])
            for _ in 0..<5 {
                try await scheduler.runDue()
                try await ledger.advance(seconds: 60)
            }
            #expect(second.contexts.count == 5)
            #expect(try await ledger.schedule("second").failures == 0)
        }
    }

    @Test("a replica that is stopped cancels what runs and gives its claim up")
    func shutdown() async throws {
        try await TestLedger.with { (ledger) async throws in
            let gate = Gate()
            let job = SampleJob { _ in try await gate.pass() }
            try await RunningStore.running(ledger.scheduler([job]), log: ledger.log) { await gate.waitForRun() }
            let schedule = try await ledger.schedule("sample")
            #expect(schedule.claimedUntil == nil && schedule.runs == 0 && schedule.nextDueAt == Self.start)
            gate.open()
        }
    }

    @Test("the state of a schedule survives the process, and a faster rhythm does not wait for the slower one's time")
    func restart() async throws {
        try await TestLedger.with { (ledger) async throws in
            try await ledger.scheduler([SampleJob(every: 3_600)]).runDue()
            try await RunningStore.with(ledger.database, log: ledger.log) { store in
                let job = SampleJob(every: 3_600)
                let again = ledger.through(store)
                try await again.scheduler([job]).runDue()
                #expect(job.contexts.isEmpty)
                let faster = SampleJob(every: 60)
                let scheduler = again.scheduler([faster])
                #expect(try await scheduler.list().map(\.schedule.nextDueAt) == [Self.start.adding(seconds: 60)])
                try await again.advance(seconds: 60)
                try await scheduler.runDue()
                #expect(faster.contexts.map(\.dueAt) == [Self.start.adding(seconds: 60)])
            }
        }
    }
}
