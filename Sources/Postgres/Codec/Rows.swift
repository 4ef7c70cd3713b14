internal import CLibPQ

/// The answer to one statement: its rows in binary, or for a command without rows, how many it touched.
///
/// Rows and columns are counted from 0. A getter checks that the value is there and has the length of its type, and
/// throws ``PostgresError/Code/decoding`` otherwise; it cannot tell types of the same length apart. Memory is freed
/// with the last reference.
public final class Rows {
    private let result: OpaquePointer

    /// How many rows there are.
    public let count: Int
    /// How many columns each row has.
    public let columnCount: Int

    /// Takes over `result`.
    init(_ result: OpaquePointer) {
        self.result = result
        count = Int(PQntuples(result))
        columnCount = Int(PQnfields(result))
    }

    deinit { PQclear(result) }

    /// How many rows the command read or changed; 0 for commands that count none.
    public var affected: Int {
        PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    }

    /// What the server says it did, such as `INSERT 0 5` or `COMMIT`.
    public var commandTag: String {
        PQcmdStatus(result).map { String(cString: $0) } ?? ""
    }

    /// The name of a column, or nil if there is none at that place.
    public func columnName(_ column: Int) -> String? {
        PQfname(result, Int32(clamping: column)).map { String(cString: $0) }
    }

    /// Whether the value is NULL. A place outside the rows is not, so that the getter which follows says what is wrong.
    public func isNull(_ row: Int, _ column: Int) -> Bool {
        guard contains(row, column) else { return false }
        return PQgetisnull(result, Int32(truncatingIfNeeded: row), Int32(truncatingIfNeeded: column)) != 0
    }

    /// Lends the bytes of a value as the server sent them.
    ///
    /// Valid only within `body`.
    @inlinable
    public func withBytes<R>(
        _ row: Int,
        _ column: Int,
        _ body: (UnsafeRawBufferPointer) throws(PostgresError) -> R
    ) throws(PostgresError) -> R {
        // Without this the last reference may be given up before the bytes are read.
        defer { withExtendedLifetime(self) {} }
        return try body(cell(row, column))
    }

    /// Reads a value that must have `length` bytes.
    @inlinable
    @inline(__always)
    func load<R>(
        _ row: Int,
        _ column: Int,
        length: Int,
        _ body: (UnsafeRawBufferPointer) -> R
    ) throws(PostgresError) -> R {
        defer { withExtendedLifetime(self) {} }
        return body(try cell(row, column, length: length))
    }

    /// The bytes of a value, valid as long as these rows live.
    @usableFromInline
    func cell(_ row: Int, _ column: Int) throws(PostgresError) -> UnsafeRawBufferPointer {
        guard contains(row, column) else { throw missing(row, column) }
        let row32 = Int32(truncatingIfNeeded: row)
        let column32 = Int32(truncatingIfNeeded: column)
        let length = Int(PQgetlength(result, row32, column32))
        // Length first: only a value of none can be NULL, and that needs one more look.
        if length == 0, PQgetisnull(result, row32, column32) != 0 { throw null(row, column) }
        return UnsafeRawBufferPointer(start: PQgetvalue(result, row32, column32), count: length)
    }

    /// The bytes of a value that must have `length` of them.
    @usableFromInline
    func cell(_ row: Int, _ column: Int, length: Int) throws(PostgresError) -> UnsafeRawBufferPointer {
        let bytes = try cell(row, column)
        guard bytes.count == length else { throw wrongLength(row, column, bytes.count, expected: length) }
        return bytes
    }

    private func contains(_ row: Int, _ column: Int) -> Bool {
        row >= 0 && row < count && column >= 0 && column < columnCount
    }

    /// Where a value is, for messages: row and name of the column.
    @usableFromInline
    func place(_ row: Int, _ column: Int) -> String {
        "row \(row), column \(column)" + (columnName(column).map { " (\($0))" } ?? "")
    }

    private func missing(_ row: Int, _ column: Int) -> PostgresError {
        PostgresError(.decoding, "no \(place(row, column)): the result has \(count) rows of \(columnCount) columns")
    }

    private func null(_ row: Int, _ column: Int) -> PostgresError {
        PostgresError(.decoding, "NULL at \(place(row, column))")
    }

    private func wrongLength(_ row: Int, _ column: Int, _ length: Int, expected: Int) -> PostgresError {
        PostgresError(.decoding, "\(length) bytes instead of \(expected) at \(place(row, column))")
    }
}
