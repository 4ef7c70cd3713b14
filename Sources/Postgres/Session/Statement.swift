/// An SQL text that each session prepares on first use, under a name of its own.
///
/// Make statements once, as static constants: a session finds a prepared statement by its name, and one name for two
/// texts is an error. Values come only as `$1`, `$2`, …; casts in the text (`$1::int8[]`) give their types.
public struct Statement: Sendable, Hashable {
    /// Unique in the program.
    public let name: String
    /// One SQL statement.
    public let sql: String

    /// Makes a statement.
    public init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
    }

    /// Opens a transaction.
    public static let begin = Statement("begin", "BEGIN")
    /// Ends a transaction. In a transaction that failed before, the server answers with a rollback, which
    /// ``Session`` reports as an error (25P02) instead of a success.
    public static let commit = Statement("commit", "COMMIT")
    /// Gives a transaction up.
    public static let rollback = Statement("rollback", "ROLLBACK")
}
