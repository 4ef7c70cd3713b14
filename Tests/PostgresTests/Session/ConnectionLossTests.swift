import Foundation
import Postgres
import Testing

@Suite("A lost connection is recognised")
struct ConnectionLossTests {
    @Test("the server ended the session before the statement")
    func endedWhileIdle() async throws {
        let settings = try await TestCluster.database()
        let (session, other) = (try Session.connect(settings), try Session.connect(settings))
        let process = session.serverProcessID
        _ = try other.number("SELECT pg_terminate_backend(\(process))::int")
        #expect(
            try await eventually {
                try other.number("SELECT count(*) FROM pg_stat_activity WHERE pid = \(process)") == 0
            })
        let error = try failure { try session.query("SELECT 1") }
        #expect(error.sqlState == .adminShutdown)
        #expect(error.isConnectionLoss && error.isTransient)
        #expect(!session.isUsable)
    }

    @Test("the server ended the session during the statement", arguments: [false, true])
    func endedWhileRunning(inPipeline: Bool) async throws {
        let settings = try await TestCluster.database()
        let sleep = Statement("sleep", "SELECT pg_sleep(60)")
        let killer = try Session.connect(settings)
        let pool = Pool(settings, size: 1)
        async let outcome: PostgresError = failure {
            try await pool.withSession { session in
                if inPipeline {
                    _ = try session.pipeline([PipelineStep(.begin), PipelineStep(sleep), PipelineStep(.commit)])
                } else {
                    _ = try session.execute(sleep)
                }
            }
        }
        #expect(
            try await eventually {
                try killer.query(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event = 'PgSleep'
                    """
                ).count == 1
            })
        let error = try await outcome
        #expect(error.sqlState == .adminShutdown, "\(error)")
        #expect(error.isConnectionLoss && error.isTransient)
        await pool.close()
    }

    @Test("no server at all")
    func noServer() throws {
        let error = try failure { try Session.connect(ConnectionSettings("host=/tmp/no-such-folder user=nobody")) }
        #expect(error.code == .connectionFailed)
        #expect(error.isConnectionLoss && error.isTransient)
    }

    @Test("a connection string that is none")
    func badString() throws {
        let error = try failure { try Session.connect(ConnectionSettings("hots=somewhere")) }
        #expect(error.code == .connectionFailed)
        #expect(error.message.contains("hots"))
    }
}
