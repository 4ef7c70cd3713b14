import Testing

@testable import struct Postgres.ClusterSettings

@Suite("The settings of a cluster are stated in one file")
struct ClusterSettingsTests {
    private func lines(_ settings: ClusterSettings) -> [String] {
        settings.rendered(socketDirectory: "/s").split(separator: "\n").map(String.init)
    }

    @Test("the defaults are durable and listen nowhere")
    func defaults() {
        let lines = lines(ClusterSettings())
        for line in [
            "fsync = 'on'", "synchronous_commit = 'on'", "full_page_writes = 'on'", "listen_addresses = ''",
            "unix_socket_directories = '\"/s\"'", "shared_buffers = '512MB'", "max_wal_size = '8GB'",
            "checkpoint_timeout = '15min'", "checkpoint_completion_target = '0.9'", "wal_compression = 'lz4'",
            "max_connections = '128'", "jit = 'off'", "autovacuum_naptime = '15s'",
        ] {
            #expect(lines.contains(line))
        }
    }

    @Test("each setting has a line that says why")
    func reasons() {
        let lines = lines(ClusterSettings())
        for (reason, line) in zip(lines, lines.dropFirst()) where !line.hasPrefix("#") {
            #expect(reason.hasPrefix("# ") && reason.count > 3, "\(line)")
        }
    }

    @Test("settings of the caller come last, for the last one wins")
    func extra() {
        let lines = lines(ClusterSettings(durable: false, extra: ["fsync": "on", "cluster_name": "it's mine"]))
        #expect(lines.last { $0.hasPrefix("fsync") } == "fsync = 'on'")
        #expect(lines.contains("synchronous_commit = 'off'"))
        #expect(lines.contains("cluster_name = 'it''s mine'"))
    }
}
