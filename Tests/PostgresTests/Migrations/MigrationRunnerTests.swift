import Postgres
import Testing

@Suite("Migrations run once, in order")
struct MigrationRunnerTests {
    private static func migrations() throws -> [Migration] {
        [
            try Migration(fileName: "2_two.sql", sql: "INSERT INTO t VALUES (2); INSERT INTO t VALUES (3);"),
            try Migration(fileName: "1_one.sql", sql: "CREATE TABLE t (id int8);"),
        ]
    }

    private static func broken() throws -> Migration {
        try Migration(fileName: "3_three.sql", sql: "INSERT INTO t VALUES (4); INSERT INTO nowhere VALUES (5);")
    }

    @Test("what is missing is applied, once")
    func order() async throws {
        let session = try await TestCluster.session()
        let runner = MigrationRunner(try Self.migrations())
        #expect(try runner.status(session).map(\.appliedAt) == [nil, nil])
        #expect(try runner.run(session).map(\.name) == ["one", "two"])
        #expect(try runner.run(session).isEmpty)
        #expect(try session.number("SELECT count(*) FROM t") == 2)
        let status = try runner.status(session)
        #expect(status.map(\.migration.version) == [1, 2])
        #expect(status.allSatisfy { $0.checksumMatches && $0.appliedAt != nil })
        let third = try Migration(fileName: "3_three.sql", sql: "INSERT INTO t VALUES (4)")
        #expect(try MigrationRunner(Self.migrations() + [third]).run(session) == [third])
    }

    @Test("one that fails is named, leaves nothing, and those before it stay")
    func failing() async throws {
        let session = try await TestCluster.session()
        let error = try failure { try MigrationRunner(Self.migrations() + [Self.broken()]).run(session) }
        #expect(error.sqlState == .undefinedTable)
        #expect(error.message.contains("three"))
        #expect(!session.isInTransaction)
        #expect(try session.number("SELECT count(*) FROM t") == 2)
        #expect(try MigrationRunner(Self.migrations()).status(session).allSatisfy { $0.appliedAt != nil })
    }

    @Test("a text that was changed after it was applied is refused before anything runs")
    func changed() async throws {
        let session = try await TestCluster.session()
        _ = try MigrationRunner(Self.migrations()).run(session)
        let changed = try Migration(fileName: "1_one.sql", sql: "CREATE TABLE t (id int4);")
        let runner = MigrationRunner([changed, try Self.migrations()[0], try Self.broken()])
        #expect(try runner.status(session).map(\.checksumMatches) == [false, true, true])
        let error = try failure { try runner.run(session) }
        #expect(error.code == .migration)
        #expect(error.message.contains("one") && error.message.contains("new migration"))
        #expect(try session.number("SELECT count(*) FROM schema_migrations") == 2)
    }

    @Test("a version that the program does not know stops it, with what to do")
    func unknown() async throws {
        let session = try await TestCluster.session()
        _ = try MigrationRunner(Self.migrations()).run(session)
        let older = MigrationRunner([try Self.migrations()[1]])
        for error in [try failure { try older.run(session) }, try failure { try older.status(session) }] {
            #expect(error.code == .migration)
            #expect(error.message.contains("deploy the newer program"))
        }
    }

    @Test("two files of one version are refused")
    func duplicate() async throws {
        let session = try await TestCluster.session()
        let twin = try Migration(fileName: "2_twin.sql", sql: "SELECT 1")
        let error = try failure { try MigrationRunner(Self.migrations() + [twin]).run(session) }
        #expect(error.message.contains("twin"))
    }

    @Test("a migration that ends its transaction is refused")
    func endingTheTransaction() async throws {
        let session = try await TestCluster.session()
        let migration = try Migration(fileName: "1_one.sql", sql: "CREATE TABLE t (); COMMIT;")
        let error = try failure { try MigrationRunner([migration]).run(session) }
        #expect(error.code == .migration)
        #expect(error.message.contains("COMMIT"))
    }

    @Test("of runners that start at once each migration is applied by one")
    func atOnce() async throws {
        let settings = try await TestCluster.database()
        let migrations = try Self.migrations()
        let slow = try Migration(fileName: "3_slow.sql", sql: "SELECT pg_sleep(0.3); INSERT INTO t VALUES (4)")
        let pool = Pool(settings, size: 4)
        let applied = try await withThrowingTaskGroup(of: [Migration].self) { group in
            for _ in 0..<4 {
                group.addTask { try await pool.withSession { try MigrationRunner(migrations + [slow]).run($0) } }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied.map(\.version).sorted() == [1, 2, 3])
        #expect(try await pool.withSession { try $0.number("SELECT count(*) FROM t") } == 3)
        await pool.close()
    }

    @Test("the wait for another runner is bounded")
    func lockTimeout() async throws {
        let settings = try await TestCluster.database()
        let (holder, session) = (try Session.connect(settings), try Session.connect(settings))
        _ = try MigrationRunner([]).run(session)
        try holder.run("BEGIN; LOCK TABLE schema_migrations IN ROW EXCLUSIVE MODE")
        var runner = MigrationRunner(try Self.migrations())
        runner.lockTimeout = .milliseconds(100)
        let error = try failure { try runner.run(session) }
        #expect(error.code == .timedOut)
        #expect(error.message.contains("another runner"))
        try holder.rollback()
        #expect(try runner.run(session).count == 2)
    }
}
