import Postgres
import Testing

@Suite("A transaction happens as a whole or not at all")
struct TransactionTests {
    private struct Refusal: Error {}

    private func session() async throws -> Session {
        let session = try await TestCluster.session()
        try session.run("CREATE TABLE t (id int8 PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)")
        return session
    }

    @Test("commit")
    func commit() async throws {
        let session = try await session()
        let answer = try session.transaction { session in
            _ = try session.query("INSERT INTO t VALUES (1)")
            return "done"
        }
        #expect(answer == "done")
        #expect(!session.isInTransaction)
        #expect(try session.number("SELECT count(*) FROM t") == 1)
    }

    @Test("an error of the caller rolls back")
    func callersError() async throws {
        let session = try await session()
        #expect(throws: Refusal.self) {
            try session.transaction { session in
                _ = try session.query("INSERT INTO t VALUES (1)")
                throw Refusal()
            }
        }
        #expect(!session.isInTransaction)
        #expect(try session.number("SELECT count(*) FROM t") == 0)
    }

    @Test("an error of the server that the caller swallowed is thrown at the end")
    func swallowedError() async throws {
        let session = try await session()
        let error = try failure {
            try session.transaction { session in
                _ = try session.query("INSERT INTO t VALUES (1)")
                _ = try? session.query("SELECT 1 / 0")
            }
        }
        #expect(error.sqlState == .inFailedTransaction)
        #expect(!session.isInTransaction)
        #expect(try session.number("SELECT count(*) FROM t") == 0)
    }

    @Test("an error at COMMIT is thrown")
    func errorAtCommit() async throws {
        let session = try await session()
        let error = try failure {
            try session.transaction { session in try session.run("INSERT INTO t VALUES (1), (1)") }
        }
        #expect(error.sqlState == .uniqueViolation)
        #expect(!session.isInTransaction)
        #expect(try session.number("SELECT count(*) FROM t") == 0)
    }

    @Test("transactions do not nest")
    func nested() async throws {
        let session = try await session()
        let error = try failure { try session.transaction { session in try session.transaction { _ in } } }
        #expect(error.code == .misuse)
        #expect(!session.isInTransaction)
    }

    @Test("rollback outside a transaction is harmless")
    func rollbackOutside() async throws {
        let session = try await session()
        try session.rollback()
        #expect(try session.number("1") == 1)
    }
}
