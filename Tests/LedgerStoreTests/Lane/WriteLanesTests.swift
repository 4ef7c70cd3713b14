import Ledger
import LedgerStore
import Synchronization
import TestSupport
import Testing

@Suite("Waiting for a lane")
struct WriteLanesTests {
    @Test("one operation more than the queue holds is overloaded at once, and books nothing; the others are done")
    func oneTooMany() async throws {
        let options = Store.Options(poolSize: 2, queueCapacity: 2, operationTimeout: .seconds(30), clockMode: .test)
        try await TestLedger.with(policy: SamplePolicy.total("100"), options: options) { ledger in
            _ = try await ledger.hold("1")
            try await withThrowingTaskGroup(of: String.self) { tasks in
                try await ledger.whileBlocked {
                    tasks.addTask { try await ledger.reserve("1").name }
                    guard try await eventually({ try ledger.blockedSessions() == 1 }) else { throw TestFailure("the lane does not wait") }
                    for depth in 1...2 {
                        tasks.addTask { try await ledger.reserve("1").name }
                        guard try await eventually({ ledger.store.lanes.depth == depth }) else { throw TestFailure("nothing queues") }
                    }
                    let error = await #expect(throws: StoreError.self) { try await ledger.reserve("1") }
                    #expect(error?.code == .overloaded)
                }
                #expect(try await tasks.reduce(into: []) { $0.append($1) } == ["admitted", "admitted", "admitted"])
            }
            #expect(try ledger.standing("total") == "held 4 spent 0")
        }
    }

    @Test("who waited longer than an operation may take is overloaded, and his call is not booked")
    func waitedTooLong() async throws {
        let options = Store.Options(poolSize: 2, operationTimeout: .seconds(2), clockMode: .test)
        try await TestLedger.with(policy: SamplePolicy.total("100"), options: options) { ledger in
            _ = try await ledger.hold("1")
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                try await ledger.whileBlocked {
                    tasks.addTask { _ = try? await ledger.settle(.fresh(at: ledger.now), .expire) }
                    guard try await eventually({ try ledger.blockedSessions() == 1 }) else { throw TestFailure("the lane does not wait") }
                    tasks.addTask {
                        let error = await #expect(throws: StoreError.self) { try await ledger.reserve("1") }
                        #expect(error?.code == .overloaded)
                    }
                    guard try await eventually({ ledger.store.lanes.depth == 1 }) else { throw TestFailure("nothing queues") }
                    try await Task.sleep(for: .milliseconds(2_500))
                }
                try await tasks.waitForAll()
            }
            #expect(try ledger.standing("total") == "held 1 spent 0")
        }
    }

    @Test("a lane that is told to stop finishes what waits")
    func gracefulEnd() async throws {
        try await LedgerDatabase.with { database in
            let log = LogRecorder()
            let store = Store(connectionString: database.connectionString, options: RunningStore.testClock, logger: log.logger)
            try await store.start()
            let outcomes = try await withThrowingTaskGroup(of: String.self) { tasks in
                try await RunningStore.running(store.lanes, log: log) {
                    let ledger = try await TestLedger(database: database, store: store, log: log)
                    try await ledger.apply(SamplePolicy.total("200"))
                    _ = try await ledger.state()
                    try await ledger.whileBlocked {
                        tasks.addTask { try await ledger.reserve("1").name }
                        guard try await eventually({ try ledger.blockedSessions() == 1 }) else { throw TestFailure("the lane does not wait") }
                        for _ in 0..<299 { tasks.addTask { try await ledger.reserve("1").name } }
                        guard try await eventually({ store.lanes.depth == 299 }) else { throw TestFailure("nothing queues") }
                    }
                }
                return try await tasks.reduce(into: [:] as [String: Int]) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == ["admitted": 200, "exhausted": 100])
            await store.close()
        }
    }

    @Test("lanes end when their task is cancelled, as a service group does when another service fails")
    func cancelled() async throws {
        try await LedgerDatabase.with { database in
            let store = Store(connectionString: database.connectionString, options: RunningStore.testClock, logger: LogRecorder().logger)
            let ended = Atomic(false)
            let task = Task {
                try? await store.lanes.run()
                ended.store(true, ordering: .relaxed)
            }
            task.cancel()
            let limit = ContinuousClock.now + .seconds(60)
            while !ended.load(ordering: .relaxed), ContinuousClock.now < limit { try await Task.sleep(for: .milliseconds(5)) }
            let hasEnded = ended.load(ordering: .relaxed)
            #expect(hasEnded)
            await store.close()
        }
    }

    @Test("organisations take turns: a crowd of one does not keep another waiting behind it")
    func turns() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("100000")) { ledger in
            let other = try await TestLedger.makeOrganisation("other", store: ledger.store)
            let key = try await ledger.store.keys.create(role: .gateway, tags: Tags(), agentID: nil, name: nil, organisation: other).key
            let state = try #require(try await ledger.store.organisations.current("other"))
            _ = try await ledger.state()
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                try await ledger.whileBlocked {
                    tasks.addTask { _ = try await ledger.reserve("1") }
                    guard try await eventually({ try ledger.blockedSessions() == 1 }) else { throw TestFailure("the lane does not wait") }
                    for _ in 0..<600 { tasks.addTask { _ = try await ledger.reserve("1") } }
                    guard try await eventually({ ledger.store.lanes.depth == 600 }) else { throw TestFailure("nothing queues") }
                    tasks.addTask { _ = try await ledger.store.lanes.submit(.reserve(ledger.call("1", key: key)), state: state) }
                    guard try await eventually({ ledger.store.lanes.depth == 601 }) else { throw TestFailure("nothing queues") }
                }
                try await tasks.waitForAll()
            }
            // 1, then 256 of the first, then the one of the other, then the rest.
            let organisations = try ledger.database.texts("SELECT (org_id = '\(other.id)')::text FROM batches ORDER BY xmin::text::bigint")
            #expect(organisations == ["false", "false", "true", "false", "false"])
        }
    }
}
