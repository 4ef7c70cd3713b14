internal import Foundation

/// `postmaster.pid`, by which a server says that it runs, and that a crash leaves behind.
struct PostmasterFile {
    let process: pid_t

    /// Nil if there is no such file, or none with a process in it.
    init?(cluster: String) {
        guard
            let text = try? String(contentsOfFile: cluster + "/postmaster.pid", encoding: .utf8),
            let process = text.split(separator: "\n", omittingEmptySubsequences: false).first.flatMap({ pid_t($0) }),
            process > 0
        else { return nil }
        self.process = process
    }

    /// Whether the process is there, and a server of this cluster: after a restart of the machine or the container its
    /// number may be another's.
    func isServer(of cluster: String) -> Bool {
        guard isAlive else { return false }
        switch Self.workingDirectory(of: process) {
        case .path(let path): return path == Self.resolved(cluster)
        case .gone: return false
        case .hidden: return true
        }
    }

    /// Clears what stands in the way of a new server, if the process is none of this cluster: it may be its own dead
    /// child, or the number may now be another's, which PostgreSQL cannot tell from a server that runs.
    func clearIfStale(_ cluster: String, sockets: String, port: Int) {
        guard !isServer(of: cluster) else { return }
        // Where this program is the first process, dead servers become its children.
        var status: Int32 = 0
        _ = waitpid(process, &status, WNOHANG)
        guard isAlive, !Self.isInUse(cluster) else { return }
        unlink(cluster + "/postmaster.pid")
        unlink("\(sockets)/.s.PGSQL.\(port).lock")
    }

    /// Whether any process works in this cluster; backends outlive a killed server for a moment. False where the system
    /// has no `/proc`.
    static func isInUse(_ cluster: String) -> Bool {
        let path = resolved(cluster)
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.lazy.compactMap { pid_t($0) }.contains { process in
            if case .path(path) = workingDirectory(of: process) { true } else { false }
        }
    }

    private var isAlive: Bool { kill(process, 0) == 0 || errno == EPERM }

    private enum WorkingDirectory: Equatable {
        case path(String)
        case gone
        /// The system does not say.
        case hidden
    }

    private static func workingDirectory(of process: pid_t) -> WorkingDirectory {
        guard access("/proc/self/cwd", F_OK) == 0 else { return .hidden }
        var buffer = [CChar](repeating: 0, count: 4097)
        let length = readlink("/proc/\(process)/cwd", &buffer, 4096)
        if length >= 0 { return .path(String(decoding: buffer.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)) }
        return errno == ENOENT || errno == ESRCH ? .gone : .hidden
    }

    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}
