import Foundation
import Synchronization

/// Folders that go, with the servers in them, when the test process ends.
enum TestFolder {
    private static let made = Mutex<[String]>([])
    private static let sweeping: Void = {
        sweepAfterCrashes()
        atexit { for path in TestFolder.made.withLock({ $0 }) { TestFolder.remove(path) } }
    }()

    private static let prefix = "purser-test-"

    /// A new folder that the server's user can reach, with a path short enough for sockets.
    static func make() throws -> String {
        _ = sweeping
        let path = "/tmp/\(prefix)\(getpid())-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        chmod(path, 0o755)
        made.withLock { $0.append(path) }
        return path
    }

    /// What test processes that crashed left behind.
    private static func sweepAfterCrashes() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/tmp")) ?? [] where name.hasPrefix(prefix) {
            guard let process = pid_t(name.dropFirst(prefix.count).prefix { $0 != "-" }) else { continue }
            if kill(process, 0) != 0, errno == ESRCH { remove("/tmp/" + name) }
        }
    }

    private static func remove(_ path: String) {
        let files = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        for file in files where file.hasSuffix("postmaster.pid") { end(serverOf: "\(path)/\(file)") }
        try? FileManager.default.removeItem(atPath: path)
    }

    /// SIGQUIT is a server's immediate shutdown.
    private static func end(serverOf file: String) {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8),
            let process = text.split(separator: "\n").first.flatMap({ pid_t($0) })
        else { return }
        for _ in 0..<500 where kill(process, SIGQUIT) == 0 { usleep(10_000) }
    }
}
