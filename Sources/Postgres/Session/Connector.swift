internal import CLibPQ
internal import Foundation

/// Opens a connection: one host after the other, each within its share of the time.
struct Connector {
    private let settings: ConnectionSettings
    private let deadline: Deadline

    init(_ settings: ConnectionSettings, deadline: Deadline) {
        self.settings = settings
        self.deadline = deadline
    }

    func connect() throws(PostgresError) -> Session {
        let hosts = try ConnectionOptions(settings.connectionString).perHost
        var failures: [PostgresError] = []
        for (index, options) in hosts.enumerated() {
            let share = deadline.remaining / (hosts.count - index)
            do throws(PostgresError) {
                return try open(options, Deadline(after: share))
            } catch {
                failures.append(error)
            }
        }
        let timedOut = failures.allSatisfy { $0.code == .timedOut }
        let message = failures.map(\.message).joined(separator: "; ")
        // Either way there is no session: a caller that reconnects on a loss must do so here too.
        throw PostgresError(
            timedOut ? .timedOut : .connectionFailed, message,
            sqlState: nil, detail: nil, statementIndex: nil, closedSession: true
        )
    }

    private func open(_ options: ConnectionOptions, _ deadline: Deadline) throws(PostgresError) -> Session {
        guard let connection = start(options) else { throw PostgresError(.connectionFailed, "out of memory") }
        do throws(PostgresError) {
            guard PQstatus(connection) != CONNECTION_BAD else { throw failure(connection) }
            // Notices would be written to standard error otherwise.
            PQsetNoticeReceiver(connection, { _, _ in }, nil)
            try finish(connection, options, deadline)
            guard PQsetnonblocking(connection, 1) == 0, let cancelHandle = CancelHandle(connection) else {
                throw failure(connection)
            }
            return Session(connection, cancelHandle: cancelHandle, settings: settings)
        } catch {
            PQfinish(connection)
            throw error
        }
    }

    private func start(_ options: ConnectionOptions) -> OpaquePointer? {
        var pairs = options.pairs
        pairs.append(("client_encoding", "UTF8"))
        pairs.append(("fallback_application_name", settings.applicationName))
        let keywords = pairs.map { strdup($0.keyword) }
        let values = pairs.map { strdup($0.value) }
        defer {
            for text in keywords + values { free(text) }
        }
        let keywordPointers = keywords.map { UnsafePointer($0) } + [nil]
        let valuePointers = values.map { UnsafePointer($0) } + [nil]
        return PQconnectStartParams(keywordPointers, valuePointers, 0)
    }

    private func finish(
        _ connection: OpaquePointer,
        _ options: ConnectionOptions,
        _ deadline: Deadline
    ) throws(PostgresError) {
        // To be treated as if libpq had asked to write.
        var events = Int16(POLLOUT)
        while true {
            let ready = try Socket.wait(PQsocket(connection), for: events, milliseconds: deadline.milliseconds())
            if ready == 0 {
                guard deadline.hasPassed else { continue }
                let host = options["host"] ?? options["hostaddr"] ?? "the server"
                throw PostgresError(.timedOut, "no connection to \(host) in time")
            }
            switch PQconnectPoll(connection) {
            case PGRES_POLLING_OK: return
            case PGRES_POLLING_READING: events = Int16(POLLIN)
            case PGRES_POLLING_WRITING: events = Int16(POLLOUT)
            default: throw failure(connection)
            }
        }
    }

    private func failure(_ connection: OpaquePointer) -> PostgresError {
        let message = PQerrorMessage(connection).map { String(cString: $0).trimmingTrailingNewlines } ?? ""
        return PostgresError(.connectionFailed, message.isEmpty ? "no connection" : message)
    }
}
