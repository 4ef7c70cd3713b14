import Postgres
import Testing

@Suite("A session runs statements")
struct SessionTests {
    @Test("rows, columns, counts and tags")
    func rows() async throws {
        let session = try await TestCluster.session()
        try session.run("CREATE TABLE t (id int8 PRIMARY KEY, name text)")
        let inserted = try session.query("INSERT INTO t SELECT g, 'n' || g FROM generate_series(1, 3) g")
        #expect(inserted.affected == 3)
        #expect(inserted.commandTag == "INSERT 0 3")
        let rows = try session.query("SELECT id, name FROM t ORDER BY id")
        #expect(rows.count == 3)
        #expect(rows.columnCount == 2)
        #expect(rows.columnName(1) == "name")
        #expect(try rows.text(2, 1) == "n3")
        #expect(try session.query("SELECT FROM t WHERE false").count == 0)
        #expect(try session.query("UPDATE t SET name = 'x' WHERE id > 1").affected == 2)
    }

    @Test("errors carry the SQLSTATE and leave the session usable")
    func errors() async throws {
        let session = try await TestCluster.session()
        try session.run("CREATE TABLE t (id int8 PRIMARY KEY CHECK (id < 100)); INSERT INTO t VALUES (1)")
        let duplicate = try failure { try session.query("INSERT INTO t VALUES (1)") }
        #expect(duplicate.code == .server)
        #expect(duplicate.sqlState == .uniqueViolation)
        #expect(duplicate.detail == "Key (id)=(1) already exists.")
        #expect(!duplicate.isTransient && !duplicate.isConnectionLoss)
        #expect(try failure { try session.query("INSERT INTO t VALUES (100)") }.sqlState == .checkViolation)
        #expect(try failure { try session.query("SELECT * FROM nowhere") }.sqlState == .undefinedTable)
        #expect(try failure { try session.query("SELEC") }.sqlState == .syntaxError)
        #expect(try failure { try session.run("SELECT 1; SELECT 1 / 0; SELECT 2") }.sqlState?.classCode == "22")
        #expect(session.isUsable)
        #expect(try session.number("SELECT count(*) FROM t") == 1)
    }

    @Test("what may be tried again says so")
    func transient() async throws {
        let settings = try await TestCluster.database()
        let (session, other) = (try Session.connect(settings), try Session.connect(settings))
        try session.run("CREATE TABLE t (id int8); INSERT INTO t VALUES (1)")
        try session.run("BEGIN; SELECT FROM t FOR UPDATE")
        let locked = try failure { try other.query("SELECT FROM t FOR UPDATE NOWAIT") }
        #expect(locked.sqlState == .lockNotAvailable && locked.isTransient)
        try other.run("SET default_transaction_read_only = on")
        let readOnly = try failure { try other.query("INSERT INTO t VALUES (2)") }
        #expect(readOnly.sqlState == .readOnlyTransaction && readOnly.isTransient)
    }

    @Test("statements are prepared once, and one name stands for one text")
    func preparation() async throws {
        let session = try await TestCluster.tablelessSession()
        let one = Statement("one", "SELECT 1::int8")
        for _ in 0..<3 { #expect(try session.execute(one).int8(0, 0) == 1) }
        #expect(try session.number("SELECT count(*) FROM pg_prepared_statements WHERE name = 'one'") == 1)
        #expect(try failure { try session.execute(Statement("one", "SELECT 2::int8")) }.code == .misuse)
        try session.discardStatements()
        #expect(try session.execute(Statement("one", "SELECT 2::int8")).int8(0, 0) == 2)
    }

    @Test("a statement that failed to prepare may be tried again")
    func preparationAgain() async throws {
        let session = try await TestCluster.session()
        let statement = Statement("late", "SELECT count(*)::int8 FROM late")
        #expect(try failure { try session.execute(statement) }.sqlState == .undefinedTable)
        try session.run("CREATE TABLE late ()")
        #expect(try session.execute(statement).int8(0, 0) == 0)
    }

    @Test("the setup runs in each new session, and a setup that fails opens none")
    func setup() async throws {
        var settings = try await TestCluster.database()
        settings.setup = ["SET statement_timeout = '7s'", "SET application_name = 'from setup'"]
        let session = try Session.connect(settings)
        #expect(try session.query("SHOW statement_timeout").text(0, 0) == "7s")
        #expect(try session.query("SHOW application_name").text(0, 0) == "from setup")
        settings.setup = ["SET ROLE nobody_of_this_name"]
        #expect(try failure { try Session.connect(settings) }.sqlState?.rawValue == "22023")
    }

    @Test("COPY is refused and closes the session")
    func copy() async throws {
        let session = try await TestCluster.session()
        try session.run("CREATE TABLE t ()")
        #expect(try failure { try session.run("COPY t FROM STDIN") }.code == .misuse)
        #expect(!session.isUsable)
    }

    @Test("a closed session says so")
    func closed() async throws {
        let session = try await TestCluster.tablelessSession()
        session.close()
        session.close()
        #expect(!session.isUsable)
        let error = try failure { try session.query("SELECT 1") }
        #expect(error.code == .connectionLost && error.isConnectionLoss)
        #expect(try failure { try session.pipeline([PipelineStep(.begin)]) }.code == .connectionLost)
        try session.rollback()
    }
}
