internal import Foundation
internal import Synchronization

/// Folders that go, with the servers in them, when the test process ends.
enum TestFolder {
    private static let made = Mutex<[String]>([])
    private static let sweeping: Void = { atexit { TestFolder.sweep() } }()

    /// A new folder that the server's user can reach, with a path short enough for sockets.
    static func make() throws -> String {
        _ = sweeping
        let path = "/tmp/purser-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        chmod(path, 0o755)
        made.withLock { $0.append(path) }
        return path
    }

    private static func sweep() {
        for path in made.withLock({ $0 }) {
            let clusters = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
            for file in clusters where file.hasSuffix("postmaster.pid") { end(serverOf: "\(path)/\(file)") }
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    /// SIGQUIT is a server's immediate shutdown.
    private static func end(serverOf file: String) {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8),
            let process = text.split(separator: "\n").first.flatMap({ pid_t($0) })
        else { return }
        for _ in 0..<500 where kill(process, SIGQUIT) == 0 { usleep(10_000) }
    }
}
