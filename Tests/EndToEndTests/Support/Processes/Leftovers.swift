import Foundation
import Synchronization

/// What must be gone when the test process ends, however its tests went: processes, servers, folders.
enum Leftovers {
    private struct State {
        var processes: Set<pid_t> = []
        var folders: Set<String> = []
    }

    private static let state = Mutex(State())
    private static let sweeping: Void = { atexit { Leftovers.sweep() } }()

    static func add(process: pid_t) {
        _ = sweeping
        state.withLock { _ = $0.processes.insert(process) }
    }

    static func remove(process: pid_t) { state.withLock { _ = $0.processes.remove(process) } }

    static func add(folder: String) {
        _ = sweeping
        state.withLock { _ = $0.folders.insert(folder) }
    }

    /// Ends the PostgreSQL servers that live in a folder, and removes it.
    static func remove(folder: String) {
        for postmaster in PostgresServer.all(below: folder) { postmaster.end() }
        try? FileManager.default.removeItem(atPath: folder)
        state.withLock { _ = $0.folders.remove(folder) }
    }

    private static func sweep() {
        for process in state.withLock({ $0.processes }) {
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
        for folder in state.withLock({ $0.folders }) { remove(folder: folder) }
    }
}
