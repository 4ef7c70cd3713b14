import Foundation
import Synchronization

/// A program that a test started, with its output in files. Whatever still runs when the tests end is killed.
final class ChildProcess: Sendable {
    let id: pid_t
    private let outputPath: String
    private let errorPath: String
    /// What `waitpid` said, once the process has ended.
    private let ended = Mutex<Int32?>(nil)

    /// Starts a program with just this environment. `words` begin with its path.
    init(_ words: [String], environment: [String: String], folder: TestFolder, name: String) throws {
        let number = Self.count.add(1, ordering: .relaxed).newValue
        outputPath = folder.path + "/\(name)-\(number).out"
        errorPath = folder.path + "/\(name)-\(number).err"
        id = try Self.spawn(words, environment, outputPath, errorPath)
        Leftovers.add(process: id)
    }

    /// What it has written so far.
    var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }
    var errors: String { (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "" }

    /// What it exited with, or 128 and the number of the signal that ended it; nil while it runs.
    var exitStatus: Int32? {
        ended.withLock { ended in
            if ended == nil {
                var status: Int32 = 0
                if waitpid(id, &status, WNOHANG) == id {
                    ended = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
                    Leftovers.remove(process: id)
                }
            }
            return ended
        }
    }

    /// Sends a signal, unless the process has ended and its number may be another's.
    func signal(_ number: Int32) {
        if exitStatus == nil { kill(id, number) }
    }

    /// Waits for its end.
    func end() async throws -> Int32 {
        try await eventually("process \(id) ends", within: .seconds(120)) { exitStatus != nil }
        return exitStatus ?? -1
    }

    private static let count = Atomic(0)

    #if canImport(Darwin)
        private typealias FileActions = posix_spawn_file_actions_t?
    #else
        private typealias FileActions = posix_spawn_file_actions_t
    #endif

    private static func spawn(_ words: [String], _ environment: [String: String], _ output: String, _ errors: String) throws -> pid_t {
        #if canImport(Darwin)
            var actions: FileActions = nil
        #else
            var actions = FileActions()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        var arguments = words.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var process: pid_t = 0
        let error = posix_spawn(&process, words[0], &actions, nil, &arguments, &variables)
        guard error == 0 else { throw Failure("\(words[0]) does not start: \(String(cString: strerror(error)))") }
        return process
    }
}
