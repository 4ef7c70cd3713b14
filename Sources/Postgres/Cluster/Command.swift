internal import Foundation

/// A program that is run to its end.
///
/// It gets a process group of its own, so that Ctrl-C in a terminal does not reach it, none of the caller's files or
/// sockets, and of the environment only the search path: neither secrets nor libpq's variables.
struct Command {
    struct Answer {
        /// What the program exited with, or 128 and the number of the signal that ended it.
        let status: Int32
        /// What it wrote on both of its outputs.
        let text: String
    }

    private let words: [String]
    private let directory: String
    private let inherited: Int32?

    /// `words` begin with the full path of the program. It starts in `directory`. `inherited` is a descriptor that it
    /// gets as number 3, to keep a lock until it ends even if the caller dies.
    init(_ words: [String], directory: String, inherited: Int32? = nil) {
        self.words = words
        self.directory = directory
        self.inherited = inherited
    }

    /// Runs the program. One that takes longer than `timeout` is killed, which is an error.
    func run(timeout: Duration) throws(PostgresError) -> Answer {
        let deadline = Deadline(after: timeout)
        var pipe: [Int32] = [-1, -1]
        guard Foundation.pipe(&pipe) == 0 else { throw failure("pipe", errno) }
        let (reading, writing) = (pipe[0], pipe[1])
        defer { close(reading) }
        _ = fcntl(reading, F_SETFD, FD_CLOEXEC)
        _ = fcntl(writing, F_SETFD, FD_CLOEXEC)
        let spawned = spawn(output: writing)
        close(writing)
        guard spawned.error == 0 else { throw failure(words.first ?? "", spawned.error) }
        let text = read(reading, until: deadline)
        if text == nil { kill(-spawned.process, SIGKILL) }
        var status: Int32 = 0
        while waitpid(spawned.process, &status, 0) < 0, errno == EINTR {}
        guard let text else {
            throw PostgresError(.cluster, "\(words.joined(separator: " ")) did not end within \(timeout)")
        }
        let signal = status & 0x7f
        return Answer(status: signal == 0 ? (status >> 8) & 0xff : 128 + signal, text: text.trimmingTrailingNewlines)
    }

    private func spawn(output: Int32) -> (process: pid_t, error: Int32) {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        if let inherited { posix_spawn_file_actions_adddup2(&actions, inherited, 3) }
        var flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        #if canImport(Darwin)
            flags |= POSIX_SPAWN_CLOEXEC_DEFAULT
        #else
            for descriptor in openDescriptors where descriptor > (inherited == nil ? 2 : 3) {
                posix_spawn_file_actions_addclose(&actions, descriptor)
            }
        #endif
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(truncatingIfNeeded: flags))
        return start(&actions, &attributes)
    }

    #if canImport(Darwin)
        private typealias FileActions = posix_spawn_file_actions_t?
        private typealias Attributes = posix_spawnattr_t?
    #else
        private typealias FileActions = posix_spawn_file_actions_t
        private typealias Attributes = posix_spawnattr_t
    #endif

    private func start(_ actions: inout FileActions, _ attributes: inout Attributes) -> (pid_t, Int32) {
        // The shell changes the directory, for not every system lets the caller say that.
        let shell = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", directory]
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let variables = ["PATH=\(path)", "LC_ALL=C"]
        var arguments = (shell + words).map { strdup($0) }
        var environment = variables.map { strdup($0) }
        defer { for text in arguments + environment { free(text) } }
        arguments.append(nil)
        environment.append(nil)
        var process: pid_t = 0
        let error = posix_spawn(&process, "/bin/sh", &actions, &attributes, arguments, environment)
        return (process, error)
    }

    private var openDescriptors: [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap { Int32($0) }
    }

    /// All that comes until the other end is closed; nil if that takes too long.
    private func read(_ descriptor: Int32, until deadline: Deadline) -> String? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while !deadline.hasPassed {
            var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&poller, 1, deadline.milliseconds()) > 0 else { continue }
            let count = Foundation.read(descriptor, &chunk, chunk.count)
            if count == 0 || (count < 0 && errno != EINTR) { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(contentsOf: chunk.prefix(max(0, count)))
        }
        return nil
    }

    private func failure(_ what: String, _ error: Int32) -> PostgresError {
        PostgresError(.cluster, "\(what): \(String(cString: strerror(error)))")
    }
}
