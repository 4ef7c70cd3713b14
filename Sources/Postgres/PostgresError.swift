/// The one error type of this module.
///
/// Callers branch on ``code``, on ``sqlState`` and on the two questions ``isConnectionLoss`` and ``isTransient``;
/// ``message`` and ``detail`` are for people and logs.
public struct PostgresError: Error, Sendable, CustomStringConvertible {
    /// What kind of thing went wrong.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String {
            case connectionFailed, connectionLost, server, timedOut, cancelled, poolClosed, decoding, misuse, migration,
                cluster
        }

        private let value: Value

        private init(_ value: Value) { self.value = value }

        /// No session could be opened.
        public static let connectionFailed = Code(.connectionFailed)
        /// An open session broke. What was under way may or may not have happened.
        public static let connectionLost = Code(.connectionLost)
        /// The server refused a statement; ``PostgresError/sqlState`` says why.
        public static let server = Code(.server)
        /// A deadline passed. What was under way may or may not have happened.
        public static let timedOut = Code(.timedOut)
        /// The task that asked was cancelled. What was under way may or may not have happened.
        public static let cancelled = Code(.cancelled)
        /// The pool is closed, or closing.
        public static let poolClosed = Code(.poolClosed)
        /// A value is not what the caller expected it to be.
        public static let decoding = Code(.decoding)
        /// The caller broke a rule of this module, such as one name for two statements.
        public static let misuse = Code(.misuse)
        /// A migration cannot be read, or does not fit the database.
        public static let migration = Code(.migration)
        /// The managed cluster cannot be made, started or reached.
        public static let cluster = Code(.cluster)

        public var description: String { value.rawValue }
    }

    /// What kind of thing went wrong.
    public let code: Code
    /// The server's own code, where the server spoke.
    public let sqlState: SQLState?
    /// One line for people.
    public let message: String
    /// The server's detail line, which may hold values of the row concerned.
    public let detail: String?
    /// Which step of a pipeline failed, counted from 0.
    public let statementIndex: Int?
    /// Whether the session was given up although the code alone does not say so.
    private let closedSession: Bool

    /// Makes an error.
    public init(
        _ code: Code,
        _ message: String,
        sqlState: SQLState? = nil,
        detail: String? = nil,
        statementIndex: Int? = nil
    ) {
        self.init(
            code, message, sqlState: sqlState, detail: detail, statementIndex: statementIndex, closedSession: false)
    }

    init(
        _ code: Code,
        _ message: String,
        sqlState: SQLState?,
        detail: String?,
        statementIndex: Int?,
        closedSession: Bool
    ) {
        self.code = code
        self.sqlState = sqlState
        self.message = message
        self.detail = detail
        self.statementIndex = statementIndex
        self.closedSession = closedSession
    }

    /// Whether the session must be thrown away: it could not be opened, it broke, the server ended it, or a deadline
    /// passed and the server could not be made to stop.
    public var isConnectionLoss: Bool {
        if closedSession || code == .connectionFailed || code == .connectionLost { return true }
        return sqlState?.endsSession ?? false
    }

    /// Whether the same work may be run again, on the same session or, after a connection loss, on a fresh one:
    /// serialization failures, deadlocks, locks not to be had, a server that turned read-only in a failover, and
    /// connection losses. A loss at COMMIT leaves the outcome unknown: ask by a key of your own before you repeat it.
    public var isTransient: Bool {
        if isConnectionLoss { return true }
        switch sqlState {
        case .serializationFailure, .deadlockDetected, .readOnlyTransaction, .lockNotAvailable: return true
        default: return false
        }
    }

    public var description: String {
        var text = "\(code)"
        if let sqlState { text += " \(sqlState.rawValue)" }
        if let statementIndex { text += " in step \(statementIndex)" }
        text += ": \(message)"
        if let detail { text += " (\(detail))" }
        return text
    }

    /// The same error with other fields, for layers that know more.
    func with(code: Code? = nil, statementIndex: Int? = nil, closedSession: Bool = false) -> PostgresError {
        PostgresError(
            code ?? self.code,
            message,
            sqlState: sqlState,
            detail: detail,
            statementIndex: statementIndex ?? self.statementIndex,
            closedSession: closedSession || self.closedSession
        )
    }
}
