internal import Foundation

/// Where the parts of a managed cluster are.
struct ClusterPaths: Sendable {
    /// Absolute.
    let dataDirectory: String
    /// The cluster itself.
    let cluster: String
    /// Where a cluster is made, so that a half-made one is never taken for one.
    let newCluster: String
    /// The folder of the server's socket.
    let sockets: String
    /// Held in common by all who use the server.
    let inUseLock: String
    /// Held alone while somebody makes, starts or stops it.
    let startLock: String

    init(dataDirectory: String, port: Int) {
        let absolute =
            dataDirectory.hasPrefix("/")
            ? dataDirectory : FileManager.default.currentDirectoryPath + "/" + dataDirectory
        let root = URL(fileURLWithPath: absolute, isDirectory: true).standardizedFileURL.path
        self.dataDirectory = root
        cluster = root + "/postgres"
        newCluster = root + "/postgres.new"
        inUseLock = root + "/in-use.lock"
        startLock = root + "/start.lock"
        let beside = root + "/sockets"
        // A socket's path has at most 107 bytes, and 103 on some systems. The folder must not depend on TMPDIR, for
        // every process has to find the same one.
        let isShort = "\(beside)/.s.PGSQL.\(port)".utf8.count <= 100
        sockets = isShort ? beside : "/tmp/purser-\(Self.hash(root))"
    }

    var versionFile: String { cluster + "/PG_VERSION" }
    var settingsFile: String { cluster + "/purser.conf" }
    var postmasterFile: String { cluster + "/postmaster.pid" }
    /// What the server says before its log is open.
    var startLog: String { cluster + "/start.log" }
    var logDirectory: String { cluster + "/log" }

    /// FNV-1a, 64 bits.
    private static func hash(_ text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
