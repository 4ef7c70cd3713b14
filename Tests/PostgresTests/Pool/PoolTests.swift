import Postgres
import Testing

@testable import class Postgres.Pool

@Suite("A pool lends sessions")
struct PoolTests {
    private func pool(size: Int, waitTimeout: Duration = .seconds(30)) async throws -> Pool {
        Pool(try await TestCluster.database(), size: size, waitTimeout: waitTimeout)
    }

    @Test("never more than its size at once, and all get their turn")
    func bounds() async throws {
        let pool = try await pool(size: 2)
        let changes = Recorder<Int>()
        let processes = try await withThrowingTaskGroup(of: Int32.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    try await pool.withSession { session in
                        changes.record(1)
                        defer { changes.record(-1) }
                        _ = try session.number("1")
                        return session.serverProcessID
                    }
                }
            }
            return try await group.reduce(into: Set<Int32>()) { $0.insert($1) }
        }
        var current = 0
        for change in changes.values {
            current += change
            #expect(current <= 2)
        }
        #expect(processes.count <= 2)
        await pool.close()
    }

    @Test("first come, first served")
    func order() async throws {
        let pool = try await pool(size: 1)
        let gate = Gate()
        let served = Recorder<Int>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await pool.withSession { _ in gate.pass() } }
            #expect(try await eventually { gate.arrivals == 1 })
            for number in 0..<10 {
                group.addTask { try await pool.withSession { _ in served.record(number) } }
                #expect(try await eventually { pool.waiterCount == number + 1 })
            }
            gate.open()
            try await group.waitForAll()
        }
        #expect(served.values == Array(0..<10))
        await pool.close()
    }

    @Test("who waits too long is told, and the next still gets a session")
    func waitTimeout() async throws {
        let pool = try await pool(size: 1, waitTimeout: .milliseconds(50))
        let gate = Gate()
        async let holder: Void = pool.withSession { _ in gate.pass() }
        #expect(try await eventually { gate.arrivals == 1 })
        let error = try await failure { try await pool.withSession { _ in } }
        #expect(error.code == .timedOut)
        #expect(pool.waiterCount == 0)
        gate.open()
        try await holder
        #expect(try await pool.withSession { try $0.number("1") } == 1)
        await pool.close()
    }

    @Test("a waiting task that is cancelled stops to wait")
    func cancelledWaiter() async throws {
        let pool = try await pool(size: 1)
        let gate = Gate()
        async let holder: Void = pool.withSession { _ in gate.pass() }
        #expect(try await eventually { gate.arrivals == 1 })
        let waiter = Task { try await pool.withSession { _ in } }
        #expect(try await eventually { pool.waiterCount == 1 })
        waiter.cancel()
        #expect(try await failure { try await waiter.value }.code == .cancelled)
        #expect(pool.waiterCount == 0)
        gate.open()
        try await holder
        await pool.close()
    }

    @Test("a running task that is cancelled stops its statement and starts no other")
    func cancelledRunner() async throws {
        let pool = try await pool(size: 1)
        let started = Gate()
        let later = Recorder<String>()
        started.open()
        let runner = Task {
            try await pool.withTransaction { session in
                started.pass()
                do {
                    try session.run("CREATE TABLE t (); SELECT pg_sleep(60)", timeout: .seconds(60))
                } catch {
                    if (try? session.run("SELECT 1")) != nil { later.record("another statement ran") }
                    throw error
                }
            }
        }
        #expect(try await eventually { started.arrivals == 1 })
        let begin = ContinuousClock.now
        runner.cancel()
        #expect(try await failure { try await runner.value }.code == .cancelled)
        #expect(ContinuousClock.now - begin < .seconds(50))
        #expect(later.values.isEmpty)
        let clean = try await pool.withSession { session in
            try !session.isInTransaction && session.number("SELECT count(*) FROM pg_class WHERE relname = 't'") == 0
        }
        #expect(clean)
        await pool.close()
    }

    @Test("a task that is cancelled already gets no session")
    func cancelledBefore() async throws {
        let pool = try await pool(size: 1)
        let gate = Gate()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await pool.withSession { _ in gate.pass() }
        }
        task.cancel()
        #expect(try await failure { try await task.value }.code == .cancelled)
        #expect(gate.arrivals == 0)
        await pool.close()
    }

    @Test("a transaction that throws is rolled back; one left open too")
    func transactions() async throws {
        let pool = try await pool(size: 1)
        try await pool.withSession { try $0.run("CREATE TABLE t (id int8 PRIMARY KEY)") }
        try await pool.withTransaction { _ = try $0.query("INSERT INTO t VALUES (1)") }
        let error = try await failure {
            try await pool.withTransaction { session in
                _ = try session.query("INSERT INTO t VALUES (2)")
                _ = try session.query("INSERT INTO t VALUES (1)")
            }
        }
        #expect(error.sqlState == .uniqueViolation)
        try await pool.withSession { try $0.run("BEGIN; INSERT INTO t VALUES (3)") }
        let (ids, open) = try await pool.withSession { session in
            (try session.query("SELECT array_agg(id) FROM t").int8Array(0, 0), session.isInTransaction)
        }
        #expect(ids == [1])
        #expect(!open)
        await pool.close()
    }

    @Test("close waits for those who have a session and turns the others away")
    func close() async throws {
        let pool = try await pool(size: 1)
        let gate = Gate()
        async let holder = pool.withSession { session in
            gate.pass()
            return try session.number("7")
        }
        #expect(try await eventually { gate.arrivals == 1 })
        async let waiter: PostgresError = failure { try await pool.withSession { _ in } }
        #expect(try await eventually { pool.waiterCount == 1 })
        async let closed: Void = pool.close()
        #expect(try await waiter.code == .poolClosed)
        gate.open()
        #expect(try await holder == 7)
        await closed
        #expect(try await failure { try await pool.withSession { _ in } }.code == .poolClosed)
    }
}
