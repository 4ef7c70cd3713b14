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
        isAlive && (Self.isPostgres(process, in: Self.resolved(cluster)) ?? true)
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

    /// Whether any process of PostgreSQL works in this cluster; backends outlive a killed server for a moment. False
    /// where the system has no `/proc`.
    static func isInUse(_ cluster: String) -> Bool {
        let path = resolved(cluster)
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.lazy.compactMap { pid_t($0) }.contains { isPostgres($0, in: path) == true }
    }

    private var isAlive: Bool { kill(process, 0) == 0 || errno == EPERM }

    /// By the name of the program and its working directory; nil if the system does not say.
    private static func isPostgres(_ process: pid_t, in path: String) -> Bool? {
        guard access("/proc/self/cwd", F_OK) == 0 else { return nil }
        guard let name = try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8) else { return false }
        guard name.hasPrefix("postgres") else { return false }
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/\(process)/cwd", &buffer, buffer.count)
        // Somebody else's process is hidden; one that has ended has no directory.
        if length < 0 { return errno == EACCES ? nil : false }
        return String(decoding: buffer.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self) == path
    }

    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}
