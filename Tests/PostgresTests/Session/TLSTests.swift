import Foundation
import Postgres
import Testing

@testable import struct Postgres.ServerUser

@Suite("TLS is verified as libpq's sslmode=verify-full says")
struct TLSTests {
    @Test("the right host and authority are accepted, others are refused")
    func verifyFull() async throws {
        let folder = try TestFolder.make()
        let authority = try TestCertificates(folder: folder, host: "db.example.test")
        let stranger = try TestCertificates(folder: try TestFolder.make(), host: "db.example.test")
        try ServerUser.current().adopt(authority.key)
        var settings = TestCluster.settings
        settings.port = try TestPort.free()
        settings.extra = [
            "listen_addresses": "127.0.0.1", "ssl": "on", "ssl_cert_file": authority.certificate,
            "ssl_key_file": authority.key,
        ]
        let cluster = ManagedCluster(dataDirectory: folder + "/data", settings: settings)
        try await cluster.start()
        let local = try Session.connect(ConnectionSettings(cluster.connectionString))
        try local.run("ALTER ROLE postgres PASSWORD 'for the test'")

        func connect(_ host: String, _ root: String) throws -> Session {
            let server = "host=\(host) hostaddr=127.0.0.1 port=\(settings.port) user=postgres dbname=purser"
            let security = "password='for the test' sslmode=verify-full sslrootcert=\(root)"
            return try Session.connect(ConnectionSettings("\(server) \(security)"))
        }

        let session = try connect("db.example.test", authority.authority)
        #expect(try session.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").bool(0, 0))
        let wrongHost = try failure { try connect("other.example.test", authority.authority) }
        #expect(wrongHost.code == .connectionFailed)
        let wrongAuthority = try failure { try connect("db.example.test", stranger.authority) }
        #expect(wrongAuthority.code == .connectionFailed)
        await cluster.stop()
    }
}
