import Ledger
import LedgerStore
import Postgres
import TestSupport
import Testing

@Suite("The lane loses its connection")
struct ConnectionLossTests {
    @Test("before it decided: the operation is done once, by another transaction")
    func duringReads() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            _ = try await ledger.hold("1")
            let held = ledger.call("2")
            try await withThrowingTaskGroup(of: String.self) { tasks in
                try await ledger.whileBlocked {
                    tasks.addTask { try await ledger.submit(.reserve(held)).name }
                    guard try await eventually({ try ledger.blockedSessions() == 1 }) else { throw TestFailure("the lane does not wait") }
                    #expect(try await eventually { try ledger.endWaitingSessions() == 1 })
                    // The lane comes back and waits again.
                    guard try await eventually({ try ledger.blockedSessions() == 1 }) else { throw TestFailure("the lane does not come back") }
                    #expect(try await eventually { try ledger.endWaitingSessions() == 1 })
                }
                #expect(try await tasks.next() == "admitted")
            }
            #expect(try ledger.standing("total") == "held 3 spent 0")
            #expect(try ledger.count("reservations") == 2)
        }
    }

    @Test("while it writes: what the transaction wrote is gone, and written by the next one")
    func duringWrites() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            _ = try await ledger.hold("1")
            let owner = try ledger.database.owner()
            defer { owner.close() }
            // The lane gets as far as its insert, which waits for the end of this transaction.
            try owner.run("BEGIN; LOCK TABLE batches IN ACCESS EXCLUSIVE MODE")
            async let outcome = ledger.reserve("2")
            #expect(try await eventually { try ledger.endWaitingSessions() == 1 })
            try owner.run("COMMIT")
            #expect(try await outcome.name == "admitted")
            #expect(try ledger.standing("total") == "held 3 spent 0")
            #expect(try ledger.count("reservations") == 2)
        }
    }

    @Test("at COMMIT, after it happened: every kind of operation recognises itself and is answered once")
    func atCommit() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("100")) { ledger in
            let name = ledger.database.name
            func lost(_ operation: LedgerStore.Operation) async throws -> Outcome {
                // A session that begins now waits at COMMIT for a standby that never comes: what it did is committed.
                try ledger.database.run("ALTER DATABASE \(name) SET synchronous_commit = on")
                try await ledger.database.onServer("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)'")
                // The pool finds its dead sessions.
                for _ in 0..<4 { _ = try? await ledger.state() }
                async let outcome = ledger.submit(operation)
                let waits = try await eventually {
                    try ledger.number("SELECT count(*) FROM pg_stat_activity WHERE datname = '\(name)' AND wait_event = 'SyncRep'") == 1
                }
                // The next one does not wait.
                try ledger.database.run("ALTER DATABASE \(name) SET synchronous_commit = off")
                guard waits else { throw TestFailure("the lane does not wait") }
                // The lane's own limit may have ended it meanwhile: that is a loss too.
                _ = try ledger.endWaitingSessions()
                return try await outcome
            }
            func settle(_ id: Identifier, _ action: SettleRequest.Action) -> LedgerStore.Operation {
                .settle(SettleRequest(key: ledger.gateway, reservation: id, action: action))
            }
            let (one, two) = (
                try #require(try await lost(.reserve(ledger.call("1"))).replayed), try #require(try await lost(.reserve(ledger.call("2"))).replayed)
            )
            let report = UsageReport(statedCost: Money("0.5"))
            #expect(try await lost(settle(one, .commit(report, fingerprint: report.fingerprint))).replayed == one)
            #expect(try await lost(settle(two, .release(reason: nil))).replayed == two)
            #expect(try await lost(settle(two, .commit(report, fingerprint: report.fingerprint))).name == "replayed late")
            let charge = ChargeRequest(
                key: ledger.gateway, idempotency: TestLedger.idempotency("c", ""), tags: Tags(), model: "gpt-5", tool: nil, report: report, step: nil)
            #expect(try await lost(.charge(charge)).name == "replayed")
            #expect(try ledger.standing("total") == "held 0 spent 1.5")
            #expect(try ledger.count("settlements") == 4)
        }
    }

    @Test("a batch of many: each is answered exactly once, and booked exactly once")
    func manyAtCommit() async throws {
        // Where the machine is busy the wait may be over before it is ended; then nothing was lost, and it is tried anew.
        for _ in 0..<5 {
            guard let names = try await Self.namesOfManyLostAtCommit() else { continue }
            #expect(names == Array(repeating: "replayed", count: 50) + Array(repeating: "exhausted", count: 30))
            return
        }
        Issue.record("the lane does not wait at COMMIT")
    }

    /// What became of 80 operations, of which the limit admits 50, whose session was ended at COMMIT; nil: it was not.
    private static func namesOfManyLostAtCommit() async throws -> [String]? {
        try await TestLedger.with(policy: SamplePolicy.total("50")) { (ledger) async throws in
            _ = try await ledger.state()
            let name = ledger.database.name
            try ledger.database.run("ALTER DATABASE \(name) SET synchronous_commit = on")
            let operations: [LedgerStore.Operation] = (0..<80).map { _ in .reserve(ledger.call("1")) }
            async let results = ledger.inOneBatch(operations)
            #expect(
                try await eventually {
                    try ledger.number("SELECT count(*) FROM pg_stat_activity WHERE datname = '\(name)' AND wait_event = 'SyncRep'") == 1
                })
            // The lane's next session does not wait any more.
            try ledger.database.run("ALTER DATABASE \(name) SET synchronous_commit = off")
            let isLost = try ledger.endWaitingSessions() == 1
            let names = try await results.map { try $0.get().name }
            #expect(try ledger.standing("total") == "held 50 spent 0")
            #expect(try ledger.count("reservations") == 50)
            return isLost ? names : nil
        }
    }

    @Test("what no standby has confirmed is not answered as done")
    func unconfirmed() async throws {
        let options = Store.Options(poolSize: 2, operationTimeout: .seconds(12), clockMode: .test)
        try await TestLedger.with(policy: SamplePolicy.total("50"), options: options) { ledger in
            _ = try await ledger.state()
            try ledger.database.run("ALTER DATABASE \(ledger.database.name) SET synchronous_commit = on")
            let outcome = try? await ledger.reserve("1")
            #expect(outcome == nil)
            _ = try ledger.endWaitingSessions()
        }
    }

    @Test("a database that is away: calls answer unavailable in time, and work again once it is back")
    func away() async throws {
        let options = Store.Options(poolSize: 2, operationTimeout: .seconds(3), clockMode: .test)
        try await TestLedger.with(policy: SamplePolicy.total("10"), options: options) { ledger in
            let first = ledger.call("1")
            _ = try await ledger.submit(.reserve(first))
            let name = ledger.database.name
            try await ledger.database.onServer("ALTER DATABASE \(name) ALLOW_CONNECTIONS false")
            try await ledger.database.onServer("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)'")
            let started = ContinuousClock.now
            for _ in 0..<2 {
                let error = await #expect(throws: StoreError.self) { try await ledger.submit(.reserve(ledger.call("2"))) }
                #expect(error?.code == .unavailable)
            }
            #expect(ContinuousClock.now - started < .seconds(60))
            try await ledger.database.onServer("ALTER DATABASE \(name) ALLOW_CONNECTIONS true")
            #expect(try await eventually { (try? await ledger.submit(.reserve(first)).name) == "replayed" })
            #expect(try await ledger.reserve("3").name == "admitted")
        }
    }

    @Test("a deadlock with another session is run again")
    func deadlock() async throws {
        try await TestLedger.with(policy: SamplePolicy.layered(total: "100", team: "100", agent: "100")) { ledger in
            let tags = ["team_id": "t", "agent_id": "a"]
            _ = try await ledger.hold("1", tags)
            let owner = try ledger.database.owner()
            defer { owner.close() }
            // The lane locks in the order of ids; this session in the opposite one.
            try owner.run("BEGIN; UPDATE balances SET changed_at = changed_at WHERE id = (SELECT max(id::text)::uuid FROM balances)")
            async let outcome = ledger.reserve("1", tags)
            #expect(try await eventually { try ledger.blockedSessions() == 1 })
            // Whichever of the two the server ends, the lane's work is done.
            try? owner.run("UPDATE balances SET changed_at = changed_at WHERE id = (SELECT min(id::text)::uuid FROM balances)")
            try owner.run("ROLLBACK")
            #expect(try await outcome.name == "admitted")
        }
    }
}
