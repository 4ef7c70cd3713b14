public import Logging
internal import Synchronization

/// Lends sessions.
///
/// Each connection is an actor on a thread of its own, where the closure runs synchronously; rows are decoded inside
/// it. Sessions are opened when needed. One that broke is thrown away, and one that the server ended while it was idle
/// is replaced before anything is sent on it. Nothing that was sent is ever repeated.
///
/// The cancellation of a waiting task ends the wait; that of a running one asks the server to cancel the statement, and
/// lets no other begin. Both throw ``PostgresError/Code/cancelled``.
public final class Pool: Sendable {
    private struct State {
        var idle: [PooledConnection] = []
        var made = 0
        var waiters: [PoolWaiter] = []
        var isClosed = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private let settings: ConnectionSettings
    private let size: Int
    private let logger: Logger
    private let waitTimeout: Duration
    private let state = Mutex(State())

    /// Makes a pool of at most `size` sessions (1 at least). Who waits longer than `waitTimeout` for one gets
    /// ``PostgresError/Code/timedOut``. Opens none yet.
    public init(
        _ settings: ConnectionSettings,
        size: Int,
        logger: Logger = Logger(label: "postgres.pool"),
        waitTimeout: Duration = .seconds(5)
    ) {
        self.settings = settings
        self.size = max(1, size)
        self.logger = logger
        self.waitTimeout = waitTimeout
    }

    /// Lends a session to `body`. First come, first served. A transaction that `body` leaves open is rolled back.
    ///
    /// Throws what `body` throws, and from the lending ``PostgresError``: `timedOut`, `cancelled`, `poolClosed`,
    /// `connectionFailed`.
    public func withSession<R: Sendable>(_ body: @Sendable (Session) throws -> R) async throws -> R {
        let connection = try await acquire()
        defer { release(connection) }
        let interruption = Interruption()
        return try await withTaskCancellationHandler {
            try await connection.lend(interruption, body)
        } onCancel: {
            interruption.request()
        }
    }

    /// Lends a session with a transaction open; see ``Session/transaction(_:)``.
    public func withTransaction<R: Sendable>(_ body: @Sendable (Session) throws -> R) async throws -> R {
        try await withSession { session in try session.transaction(body) }
    }

    /// Turns away who waits and who comes (``PostgresError/Code/poolClosed``), waits for the sessions that are lent, and
    /// ends all.
    public func close() async {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { _ = waiter.answer(.failure(Self.closedError)) }
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if state.idle.count == state.made { return true }
                state.closers.append(continuation)
                return false
            }
            if isIdle { continuation.resume() }
        }
        let connections = state.withLock { state in
            defer {
                state.idle = []
                state.made = 0
            }
            return state.idle
        }
        for connection in connections { await connection.close() }
    }

    /// How the pool is used at this moment.
    public var use: PoolUse {
        state.withLock { PoolUse(size: size, lent: $0.made - $0.idle.count, idle: $0.idle.count, waiting: $0.waiters.count) }
    }

    /// How many wait for a session at this moment.
    var waiterCount: Int { state.withLock { $0.waiters.count } }

    private static let closedError = PostgresError(.poolClosed, "the pool is closed")

    private enum Turn {
        case now(PooledConnection)
        case later(PoolWaiter)
    }

    private func acquire() async throws(PostgresError) -> PooledConnection {
        if Task.isCancelled { throw PostgresError(.cancelled, "the task was cancelled before it had a session") }
        switch try takeOrQueue() {
        case .now(let connection): return connection
        case .later(let waiter): return try await wait(waiter)
        }
    }

    private func takeOrQueue() throws(PostgresError) -> Turn {
        let turn: Turn? = state.withLock { state in
            if state.isClosed { return nil }
            // The one used last is the warmest.
            if let connection = state.idle.popLast() { return .now(connection) }
            if state.made < size {
                state.made += 1
                return .now(PooledConnection(settings, number: state.made, logger: logger))
            }
            let waiter = PoolWaiter()
            state.waiters.append(waiter)
            return .later(waiter)
        }
        guard let turn else { throw Self.closedError }
        return turn
    }

    private func wait(_ waiter: PoolWaiter) async throws(PostgresError) -> PooledConnection {
        let answer = await withTaskCancellationHandler {
            async let _ = expire(waiter)
            return await waiter.wait()
        } onCancel: {
            giveUp(waiter, PostgresError(.cancelled, "the task was cancelled while it waited for a session"))
        }
        return try answer.get()
    }

    /// A child of the waiting task, cancelled as soon as that has its answer.
    private func expire(_ waiter: PoolWaiter) async {
        do {
            try await Task.sleep(for: waitTimeout)
            giveUp(waiter, PostgresError(.timedOut, "no session became free within \(waitTimeout)"))
        } catch {}
    }

    private func giveUp(_ waiter: PoolWaiter, _ error: PostgresError) {
        guard waiter.answer(.failure(error)) else { return }
        state.withLock { $0.waiters.removeAll { $0 === waiter } }
    }

    private func release(_ connection: PooledConnection) {
        while true {
            let (waiter, closers) = state.withLock { state -> (PoolWaiter?, [CheckedContinuation<Void, Never>]) in
                if !state.waiters.isEmpty { return (state.waiters.removeFirst(), []) }
                state.idle.append(connection)
                guard state.isClosed, state.idle.count == state.made else { return (nil, []) }
                defer { state.closers = [] }
                return (nil, state.closers)
            }
            for closer in closers { closer.resume() }
            // One who has given up meanwhile leaves his turn to the next.
            guard let waiter, !waiter.answer(.success(connection)) else { return }
        }
    }
}
