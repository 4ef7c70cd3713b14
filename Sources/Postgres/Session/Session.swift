internal import CLibPQ

/// One connection to PostgreSQL, synchronous and confined to the thread that uses it.
///
/// libpq runs non-blocking under `poll(2)`, so that every call ends by its deadline. A call that runs out of time asks
/// the server to cancel. If the server does within a short grace, the error is ``PostgresError/Code/timedOut`` and the
/// session stays usable (a transaction is then aborted: call ``rollback()``); otherwise the session is closed too.
/// Either way a COMMIT that was under way may have happened.
///
/// Statements are prepared once in each session. After a migration that changes tables open a new session, or call
/// ``discardStatements()``.
public final class Session {
    /// How this session was opened.
    public let settings: ConnectionSettings
    /// Tells the session that the task for which it works was cancelled.
    var interruption: Interruption? {
        didSet { if let interruption { interruption.attach(cancelHandle) } }
    }

    var connection: OpaquePointer?
    let cancelHandle: CancelHandle
    let lastWords = LastWords()
    /// The text of each statement that the server knows, by name.
    var prepared: [String: String] = [:]
    var pointers = ParameterPointers()

    /// Opens a session within ``ConnectionSettings/connectTimeout`` and runs the setup in it.
    ///
    /// Throws ``PostgresError/Code/connectionFailed`` with the reasons of all hosts, ``PostgresError/Code/timedOut`` or,
    /// from the setup, ``PostgresError/Code/server``.
    public static func connect(_ settings: ConnectionSettings) throws(PostgresError) -> Session {
        let deadline = Deadline(after: settings.connectTimeout)
        let session = try Connector(settings, deadline: deadline).connect()
        for sql in settings.setup {
            try session.run(sql, timeout: deadline.remaining)
        }
        return session
    }

    /// Takes over an open connection.
    init(_ connection: OpaquePointer, cancelHandle: CancelHandle, settings: ConnectionSettings) {
        self.connection = connection
        self.cancelHandle = cancelHandle
        self.settings = settings
        lastWords.listen(to: connection)
    }

    deinit { close() }

    /// Whether the session is open, as far as is known without asking the server.
    public var isUsable: Bool {
        guard let connection else { return false }
        return PQstatus(connection) == CONNECTION_OK
    }

    /// Whether a transaction is open, aborted or not.
    public var isInTransaction: Bool {
        guard let connection else { return false }
        return PQtransactionStatus(connection) != PQTRANS_IDLE
    }

    /// The process that serves this session.
    public var serverProcessID: Int32 {
        connection.map { PQbackendPID($0) } ?? 0
    }

    /// Runs one statement in the extended protocol: one round trip, and one more to prepare it the first time.
    ///
    /// `timeout` nil means ``ConnectionSettings/statementTimeout``.
    public func execute(
        _ statement: Statement,
        _ parameters: Parameters = Parameters(),
        timeout: Duration? = nil
    ) throws(PostgresError) -> Rows {
        try checkCount(parameters, of: statement)
        var call = try begin(timeout)
        if needsPreparation(statement) { try prepare([(nil, statement)], &call) }
        try send(statement, parameters)
        let outcome = try readOutcome(&call)
        let failure = finish(call, outcome.failure(of: statement, index: nil))
        if let failure { throw failure }
        guard case .rows(let rows) = outcome else {
            throw PostgresError(.connectionLost, "no answer to \(statement.name)")
        }
        return rows
    }

    /// Runs one or more statements without values in the simple protocol, and drops their rows: BEGIN, SET, migrations.
    ///
    /// Without a transaction around them the server runs all of `sql` as one.
    public func run(_ sql: String, timeout: Duration? = nil) throws(PostgresError) {
        var call = try begin(timeout)
        let connection = try open()
        guard PQsendQuery(connection, sql) == 1 else { throw sendFailure() }
        let outcome = try readOutcome(&call)
        if let failure = finish(call, outcome.failure(of: nil, index: nil)) { throw failure }
    }

    /// Ends the session. Calling it again does nothing; every other call then throws
    /// ``PostgresError/Code/connectionLost``.
    public func close() {
        guard let connection else { return }
        self.connection = nil
        PQfinish(connection)
    }
}
