import Foundation
import Postgres
import Testing

@Suite("Every call ends by its deadline")
struct TimeoutTests {
    private static let sleep = Statement("sleep", "SELECT pg_sleep(60)")

    @Test("a statement that takes too long is cancelled, and the session stays usable")
    func statement() async throws {
        let session = try await TestCluster.tablelessSession()
        let start = ContinuousClock.now
        let error = try failure { try session.execute(Self.sleep, timeout: .milliseconds(50)) }
        #expect(error.code == .timedOut)
        #expect(!error.isConnectionLoss)
        #expect(ContinuousClock.now - start < .seconds(50))
        #expect(session.isUsable)
        #expect(try session.number("1") == 1)
        #expect(try failure { try session.run("SELECT pg_sleep(60)", timeout: .milliseconds(50)) }.code == .timedOut)
        #expect(try session.number("1") == 1)
    }

    @Test("in a pipeline the error names the step, and the transaction can be rolled back")
    func pipeline() async throws {
        let session = try await TestCluster.tablelessSession()
        let steps = [PipelineStep(.begin), PipelineStep(Self.sleep), PipelineStep(.commit)]
        let error = try failure { try session.pipeline(steps, timeout: .milliseconds(50)) }
        #expect(error.code == .timedOut)
        #expect(error.statementIndex == 1)
        try session.rollback()
        #expect(try session.number("1") == 1)
    }

    @Test("a wait for a lock ends too, with the default of the settings")
    func lock() async throws {
        var settings = try await TestCluster.database()
        let holder = try Session.connect(settings)
        try holder.run("CREATE TABLE t ()")
        try holder.run("BEGIN; LOCK TABLE t")
        settings.statementTimeout = .milliseconds(50)
        let session = try Session.connect(settings)
        #expect(try failure { try session.query("SELECT FROM t") }.code == .timedOut)
        try holder.rollback()
        #expect(try session.query("SELECT FROM t").count == 0)
    }

    @Test("a server that does not even cancel costs the session, not the caller")
    func unresponsive() async throws {
        let session = try await TestCluster.tablelessSession()
        let process = session.serverProcessID
        kill(process, SIGSTOP)
        defer { kill(process, SIGCONT) }
        let error = try failure { try session.execute(Self.sleep, timeout: .milliseconds(50)) }
        #expect(error.code == .timedOut)
        #expect(error.isConnectionLoss)
        #expect(!session.isUsable)
    }
}
