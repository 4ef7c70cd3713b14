import Postgres
import Testing

@Suite("A pipeline runs its steps in one round trip")
struct PipelineTests {
    private static let insert = Statement("insert", "INSERT INTO t VALUES ($1::int8)")
    private static let count = Statement("count", "SELECT count(*)::int8 FROM t")

    private func session() async throws -> Session {
        let session = try await TestCluster.session()
        try session.run("CREATE TABLE t (id int8 PRIMARY KEY)")
        return session
    }

    private func inserting(_ id: Int64) -> PipelineStep {
        var parameters = Parameters()
        parameters.int8(id)
        return PipelineStep(Self.insert, parameters)
    }

    @Test("the results come in order, and the transaction is committed")
    func success() async throws {
        let session = try await session()
        for round in 1...2 as ClosedRange<Int64> {
            let rows = try session.pipeline([
                PipelineStep(.begin), inserting(round * 10), PipelineStep(Self.count), inserting(round * 10 + 1),
                PipelineStep(Self.count), PipelineStep(.commit),
            ])
            #expect(rows.count == 6)
            #expect(try rows[2].int8(0, 0) == round * 2 - 1)
            #expect(try rows[4].int8(0, 0) == round * 2)
            #expect(rows[5].commandTag == "COMMIT")
            #expect(!session.isInTransaction)
        }
        #expect(try session.number("SELECT count(*) FROM t") == 4)
    }

    @Test("a failure in the middle names its step, and nothing stays of the transaction")
    func failureInTheMiddle() async throws {
        let session = try await session()
        let error = try failure {
            try session.pipeline([
                PipelineStep(.begin), inserting(1), inserting(1), inserting(2), PipelineStep(.commit),
            ])
        }
        #expect(error.statementIndex == 2)
        #expect(error.sqlState == .uniqueViolation)
        #expect(session.isUsable && session.isInTransaction)
        try session.rollback()
        #expect(!session.isInTransaction)
        #expect(try session.number("SELECT count(*) FROM t") == 0)
        _ = try session.pipeline([PipelineStep(.begin), inserting(1), PipelineStep(.commit)])
        #expect(try session.number("SELECT count(*) FROM t") == 1)
    }

    @Test("a statement that cannot be prepared names its step before anything ran")
    func failureToPrepare() async throws {
        let session = try await session()
        let bad = PipelineStep(Statement("bad", "SELECT nothing FROM nowhere"))
        let error = try failure {
            try session.pipeline([PipelineStep(.begin), inserting(1), bad, PipelineStep(.commit)])
        }
        #expect(error.statementIndex == 2)
        #expect(error.sqlState == .undefinedTable)
        #expect(!session.isInTransaction)
        #expect(try session.number("SELECT count(*) FROM t") == 0)
    }

    @Test("COMMIT of a transaction that failed before is an error, not a silent rollback")
    func commitThatRollsBack() async throws {
        let session = try await session()
        _ = try session.pipeline([PipelineStep(.begin), inserting(1)])
        _ = try failure { try session.pipeline([inserting(1)]) }
        let error = try failure { try session.pipeline([PipelineStep(.commit)]) }
        #expect(error.sqlState == .inFailedTransaction)
        #expect(error.statementIndex == 0)
        #expect(!session.isInTransaction)
    }

    @Test("no steps")
    func empty() async throws {
        #expect(try await session().pipeline([]).isEmpty)
    }

    @Test("requests and answers larger than all buffers do not block each other")
    func large() async throws {
        let session = try await session()
        let echo = Statement("echo", "SELECT $1::bytea, $1::bytea")
        var parameters = Parameters()
        parameters.bytes([UInt8](repeating: 1, count: 100_000))
        let rows = try session.pipeline(
            Array(repeating: PipelineStep(echo, parameters), count: 200), timeout: .seconds(60))
        #expect(rows.count == 200)
        #expect(try rows[199].withBytes(0, 1) { bytes throws(PostgresError) in bytes.count } == 100_000)
    }

    @Test("too many parameters are refused before anything is sent")
    func tooManyParameters() async throws {
        let session = try await session()
        var parameters = Parameters()
        for _ in 0...65_535 { parameters.bool(true) }
        let step = PipelineStep(Self.insert, parameters)
        #expect(try failure { try session.pipeline([inserting(1), step]) }.code == .misuse)
        #expect(try session.number("SELECT count(*) FROM t") == 0)
    }
}
