import Foundation

/// A PostgreSQL server by its process, as `postmaster.pid` names it.
struct PostgresServer: Sendable {
    let postmaster: pid_t

    init(postmaster: pid_t) { self.postmaster = postmaster }

    /// The server of the cluster in this folder; nil if none runs.
    init?(cluster: String) {
        guard let text = try? String(contentsOfFile: cluster + "/postmaster.pid", encoding: .utf8),
            let process = text.split(separator: "\n").first.flatMap({ pid_t($0) }), process > 0, ProcessTable.isAlive(process)
        else { return nil }
        postmaster = process
    }

    static func all(below folder: String) -> [PostgresServer] {
        let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix("postmaster.pid") }
            .compactMap { PostgresServer(cluster: URL(fileURLWithPath: "\(folder)/\($0)").deletingLastPathComponent().path) }
    }

    /// The postmaster and every process that it started.
    var processes: [pid_t] { [postmaster] + ProcessTable.children(of: postmaster) }

    /// As a power cut of the machine would: none of them gets to say a word. The postmaster first, so that it starts
    /// nothing again.
    func killAll() {
        let children = ProcessTable.children(of: postmaster)
        kill(postmaster, SIGKILL)
        for child in children { kill(child, SIGKILL) }
    }

    /// The server's immediate shutdown; returns when it is gone.
    func end() {
        for _ in 0..<1_000 where ProcessTable.isAlive(postmaster) {
            kill(postmaster, SIGQUIT)
            usleep(10_000)
        }
    }
}
