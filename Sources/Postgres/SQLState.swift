/// A five-character SQLSTATE, the only thing by which an error of the server is recognised: messages are translated,
/// and names of constraints change.
public struct SQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// A row with this key is already there.
    public static let uniqueViolation = SQLState(rawValue: "23505")
    /// A row that is referred to is missing.
    public static let foreignKeyViolation = SQLState(rawValue: "23503")
    /// A NULL where none may be.
    public static let notNullViolation = SQLState(rawValue: "23502")
    /// A check failed, or no partition takes the row.
    public static let checkViolation = SQLState(rawValue: "23514")
    /// Two transactions cannot be put in an order; run it again.
    public static let serializationFailure = SQLState(rawValue: "40001")
    /// Two transactions waited for each other; run it again.
    public static let deadlockDetected = SQLState(rawValue: "40P01")
    /// The server only reads, as a standby or during a failover.
    public static let readOnlyTransaction = SQLState(rawValue: "25006")
    /// An earlier statement of the transaction failed; only ROLLBACK is heard.
    public static let inFailedTransaction = SQLState(rawValue: "25P02")
    /// The statement was cancelled, by request or by `statement_timeout`.
    public static let queryCanceled = SQLState(rawValue: "57014")
    /// A lock asked for with NOWAIT is taken.
    public static let lockNotAvailable = SQLState(rawValue: "55P03")
    /// No such table.
    public static let undefinedTable = SQLState(rawValue: "42P01")
    /// The table is already there.
    public static let duplicateTable = SQLState(rawValue: "42P07")
    /// No such column.
    public static let undefinedColumn = SQLState(rawValue: "42703")
    /// The text is no SQL.
    public static let syntaxError = SQLState(rawValue: "42601")
    /// The role may not do this.
    public static let insufficientPrivilege = SQLState(rawValue: "42501")
    /// A time outside what the server can keep.
    public static let datetimeFieldOverflow = SQLState(rawValue: "22008")
    /// A number outside its type.
    public static let numericValueOutOfRange = SQLState(rawValue: "22003")
    /// A prepared statement that the session had is gone.
    public static let invalidStatementName = SQLState(rawValue: "26000")
    /// The result of a prepared statement changed its shape because a table did.
    public static let featureNotSupported = SQLState(rawValue: "0A000")
    /// The server contradicts itself, or, behind a coordinator, a shard could not be reached.
    public static let internalError = SQLState(rawValue: "XX000")
    /// An administrator ended the session.
    public static let adminShutdown = SQLState(rawValue: "57P01")
    /// The server restarts after a crash.
    public static let crashShutdown = SQLState(rawValue: "57P02")
    /// The server is starting, stopping or recovering.
    public static let cannotConnectNow = SQLState(rawValue: "57P03")

    /// The first two characters, which name the family of the error.
    public var classCode: String { String(rawValue.prefix(2)) }

    public var description: String { rawValue }

    /// Whether the server ends the session with this error: class 08, shutdowns (57P01 to 57P03), a dropped database
    /// (57P04) and time-outs of idle sessions (57P05, 25P03).
    var endsSession: Bool {
        switch rawValue {
        case "57P01", "57P02", "57P03", "57P04", "57P05", "25P03": true
        default: classCode == "08"
        }
    }
}
