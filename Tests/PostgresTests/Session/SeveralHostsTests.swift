import Foundation
import Postgres
import Testing

@Suite("A connection string may name several hosts")
struct SeveralHostsTests {
    @Test("a dead first host is passed over", arguments: ["/tmp/no-such-folder", "127.0.0.1"])
    func deadHost(host: String) async throws {
        let socket = try #require(try await TestCluster.shared().socketDirectory)
        let port = try TestPort.free()
        let text = "host=\(host),\(socket) port=\(host.hasPrefix("/") ? 5432 : port),5432 user=postgres dbname=purser"
        #expect(try Session.connect(ConnectionSettings(text)).number("1") == 1)
    }

    @Test("a first host that never answers leaves time for the second")
    func silentHost() async throws {
        let socket = try #require(try await TestCluster.shared().socketDirectory)
        let silent = try TestPort.listening()
        defer { close(silent.descriptor) }
        var settings = ConnectionSettings(
            "host=127.0.0.1,\(socket) port=\(silent.port),5432 user=postgres dbname=purser")
        settings.connectTimeout = .seconds(4)
        #expect(try Session.connect(settings).number("1") == 1)
        settings.connectionString = "host=127.0.0.1 port=\(silent.port) user=postgres"
        settings.connectTimeout = .milliseconds(100)
        let error = try failure { try Session.connect(settings) }
        #expect(error.code == .timedOut)
        #expect(error.isConnectionLoss)
    }

    @Test("target_session_attrs=read-write finds the server that writes")
    func readWrite() async throws {
        let reader = ManagedCluster(dataDirectory: try TestFolder.make(), settings: TestCluster.settings)
        try await reader.start()
        let only = try Session.connect(ConnectionSettings(reader.connectionString))
        try only.run("ALTER SYSTEM SET default_transaction_read_only = on")
        try only.run("SELECT pg_reload_conf()")
        only.close()
        let readers = try #require(reader.socketDirectory)
        let writers = try #require(try await TestCluster.shared().socketDirectory)
        let attributes = "user=postgres dbname=purser target_session_attrs=read-write"
        let alone = ConnectionSettings("host=\(readers) \(attributes)")
        #expect(try await eventually { (try? Session.connect(alone)) == nil })
        let refused = try failure { try Session.connect(alone) }
        #expect(refused.code == .connectionFailed)
        let session = try Session.connect(ConnectionSettings("host=\(readers),\(writers) \(attributes)"))
        #expect(try session.query("SHOW unix_socket_directories").text(0, 0).contains(writers))
        await reader.stop()
    }
}
