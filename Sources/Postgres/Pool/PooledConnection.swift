internal import Logging

/// One place of a pool: a session that is opened when it is first needed and again after it broke, on a thread of its
/// own.
actor PooledConnection {
    private let executor: ThreadExecutor
    private let settings: ConnectionSettings
    private let logger: Logger
    private var session: Session?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ settings: ConnectionSettings, number: Int, logger: Logger) {
        executor = ThreadExecutor(name: "postgres-\(number)")
        self.settings = settings
        self.logger = logger
    }

    /// Runs `body` with the session, and leaves the session clean or gone.
    func lend<R: Sendable>(
        _ interruption: Interruption,
        _ body: @Sendable (Session) throws -> R
    ) throws -> R {
        let session = try ready()
        session.interruption = interruption
        defer { settle(session, interruption) }
        return try body(session)
    }

    /// Ends the session.
    func close() {
        session?.close()
        session = nil
    }

    /// The session that is there if its socket has no bad news, else a new one. Nothing is sent to find out, so an idle
    /// session that the server ended meanwhile costs nobody an error, except in the moment between this look and the
    /// first statement.
    private func ready() throws(PostgresError) -> Session {
        if let session {
            if session.hasSurvivedIdling() { return session }
            logger.info("an idle session was ended by the server; opening another")
            close()
        }
        let fresh = try Session.connect(settings)
        session = fresh
        return fresh
    }

    private func settle(_ session: Session, _ interruption: Interruption) {
        session.interruption = nil
        let request = interruption.detach()
        if let request, !request.wait(until: Deadline(after: Call.grace)) { session.close() }
        if session.isInTransaction { try? session.rollback() }
        if !session.isUsable {
            logger.warning("a session broke; the next use opens another")
            close()
        }
    }
}
