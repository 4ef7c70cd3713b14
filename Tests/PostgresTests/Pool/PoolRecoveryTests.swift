import Postgres
import Testing

@Suite("A pool survives the loss of its sessions")
struct PoolRecoveryTests {
    private func terminate(_ process: Int32, _ settings: ConnectionSettings) async throws {
        let other = try Session.connect(settings)
        _ = try other.number("SELECT pg_terminate_backend(\(process))::int")
        let isGone = try await eventually {
            try other.number("SELECT count(*) FROM pg_stat_activity WHERE pid = \(process)") == 0
        }
        #expect(isGone)
    }

    @Test("a session that ended while it was idle is replaced without an error")
    func idle() async throws {
        let settings = try await TestCluster.database()
        let pool = Pool(settings, size: 1)
        let first = try await pool.withSession { $0.serverProcessID }
        #expect(try await pool.withSession { $0.serverProcessID } == first)
        try await terminate(first, settings)
        let second = try await pool.withSession { session in
            _ = try session.number("1")
            return session.serverProcessID
        }
        #expect(second != first)
        await pool.close()
    }

    @Test("a session that ends while it is lent costs that borrower an error, and nobody else")
    func lent() async throws {
        let settings = try await TestCluster.database()
        let pool = Pool(settings, size: 1)
        let error = try await failure {
            try await pool.withTransaction { session in
                _ = try session.query("SELECT pg_terminate_backend(pg_backend_pid())")
            }
        }
        #expect(error.isConnectionLoss && error.isTransient)
        #expect(try await pool.withSession { try $0.number("1") } == 1)
        await pool.close()
    }

    @Test("without a server every borrower is told, and none waits for ever")
    func noServer() async throws {
        let pool = Pool(ConnectionSettings("host=/tmp/no-such-folder"), size: 1)
        for _ in 0..<3 {
            #expect(try await failure { try await pool.withSession { _ in } }.code == .connectionFailed)
        }
        await pool.close()
    }
}
