internal import Ledger

/// Cuts a log into its records while it comes in: lines; the elements of one JSON array; JSON values one after another, each over as many
/// lines as it likes; rows of CSV, whose quoted cells may have line breaks. Only the record that is being read is in memory.
struct LogSplitter {
    struct Record {
        /// Where it begins, from 1.
        let line: Int64
        /// Nil: it is longer than the limit, and was passed over.
        let bytes: [UInt8]?
    }

    /// What ends a record.
    private enum Mode {
        /// JSON of which nothing was seen yet.
        case undecided
        case lines
        case rows
        /// The elements of an array.
        case elements
        /// Values without an array around them.
        case values
        /// Behind the end of the array.
        case end
    }

    let limit: Int
    /// The lines that were read.
    private(set) var lineCount: Int64 = 0
    private var mode: Mode
    private var buffer: [UInt8] = []
    /// Where the record begins, and what of it was looked at.
    private var start = 0
    private var position = 0
    private var line: Int64 = 1
    /// The line breaks within the record so far.
    private var breaks: Int64 = 0
    private var isSkipping = false
    private var isQuoted = false
    /// The byte before ended the quoted part of a cell, so that another quote is one of its characters.
    private var isBehindQuote = false
    private var isEscaped = false
    private var depth = 0
    private var isInside = false

    init(_ format: LogFormat, limit: Int? = nil) {
        self.limit = limit ?? format.recordLimit
        mode = format == .csv ? .rows : .undecided
    }

    mutating func append(_ bytes: some Collection<UInt8>) {
        if start > 0 {
            buffer.removeFirst(start)
            position -= start
            start = 0
        }
        if isSkipping {
            // Nothing of it is kept.
            buffer.removeAll(keepingCapacity: true)
            position = 0
        }
        buffer += bytes
    }

    /// The next record that is there as a whole; nil: more must come first.
    ///
    /// - Parameter isLast: nothing comes any more, so that what is there is a record without an end.
    /// - Throws: where the text cannot be cut, and reading cannot go on.
    mutating func next(isLast: Bool = false) throws(LogFault) -> Record? {
        if mode == .undecided, try !decide(isLast: isLast) { return nil }
        while position < buffer.count {
            if let record = try (mode == .lines ? nextLine() : step()) { return record }
        }
        guard isLast else { return skipIfTooLong() }
        return try rest()
    }

    // MARK: - The kind of JSON

    /// An array is cut into its elements. A first line on which all brackets are closed begins a file of lines.
    private mutating func decide(isLast: Bool) throws(LogFault) -> Bool {
        skipByteOrderMark()
        while position < buffer.count, Self.isSpace(buffer[position]) { pass() }
        start = position
        guard position < buffer.count else { return false }
        if buffer[position] == UInt8(ascii: "[") {
            mode = .elements
            position += 1
            start = position
            return true
        }
        guard let end = buffer[position...].firstIndex(of: 10) ?? (isLast || buffer.count - position > limit ? buffer.count : nil) else {
            return false
        }
        mode = Self.isClosed(buffer[position..<end]) ? .lines : .values
        return true
    }

    private mutating func skipByteOrderMark() {
        if position == 0, lineCount == 0, buffer.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    private static func isClosed(_ bytes: ArraySlice<UInt8>) -> Bool {
        var (depth, isQuoted, isEscaped) = (0, false, false)
        for byte in bytes {
            if isEscaped {
                isEscaped = false
            } else if isQuoted {
                isEscaped = byte == UInt8(ascii: "\\")
                isQuoted = byte != UInt8(ascii: "\"")
            } else if byte == UInt8(ascii: "\"") {
                isQuoted = true
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                depth += 1
            } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                depth -= 1
            }
        }
        return depth == 0
    }

    // MARK: - Cutting

    private mutating func nextLine() -> Record? {
        guard let end = buffer[position...].firstIndex(of: 10) else {
            position = buffer.count
            return nil
        }
        position = end
        return cut()
    }

    private mutating func step() throws(LogFault) -> Record? {
        let byte = buffer[position]
        switch mode {
        case .rows:
            quote(byte)
            // Whatever a row that is too long meant by its quotes, the next line is a new one.
            if byte == 10, !isQuoted || isSkipping || position - start > limit { return cut() }
        case .elements, .values:
            if isInside { return try stepInside(byte) }
            return try stepBetween(byte)
        case .end:
            guard Self.isSpace(byte) else { throw LogFault("", "line \(line): there is something behind the end of the array") }
            pass()
            return nil
        case .lines, .undecided: break
        }
        if byte == 10 { breaks += 1 }
        position += 1
        return nil
    }

    /// In a row, a quote opens a cell only where the cell begins; elsewhere in a cell it is a character like others.
    private mutating func quote(_ byte: UInt8) {
        let isBehind = isBehindQuote
        isBehindQuote = false
        guard byte == UInt8(ascii: "\"") else { return }
        isBehindQuote = isQuoted
        isQuoted = !isQuoted && (isBehind || isAtCell)
    }

    private var isAtCell: Bool {
        if position == start || buffer[position - 1] == UInt8(ascii: ",") { return true }
        return lineCount == 0 && position - start == 3 && buffer[start..<position].elementsEqual([0xEF, 0xBB, 0xBF])
    }

    /// Between two values.
    private mutating func stepBetween(_ byte: UInt8) throws(LogFault) -> Record? {
        if Self.isSpace(byte) || byte == UInt8(ascii: ",") && mode == .elements {
            pass()
        } else if byte == UInt8(ascii: "]"), mode == .elements {
            mode = .end
            pass()
        } else if byte == UInt8(ascii: "{") {
            isInside = true
            depth = 1
            start = position
            position += 1
        } else {
            throw LogFault("", "line \(line): an object must begin here; send an array of objects, or an object a line")
        }
        return nil
    }

    private mutating func stepInside(_ byte: UInt8) throws(LogFault) -> Record? {
        position += 1
        if byte == 10 { breaks += 1 }
        if isEscaped {
            isEscaped = false
        } else if isQuoted {
            isEscaped = byte == UInt8(ascii: "\\")
            isQuoted = byte != UInt8(ascii: "\"")
        } else if byte == UInt8(ascii: "\"") {
            isQuoted = true
        } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
            depth += 1
        } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
            depth -= 1
            if depth == 0 {
                isInside = false
                return take()
            }
        }
        return nil
    }

    /// Passes over one byte outside of records.
    private mutating func pass() {
        if buffer[position] == 10 {
            line += 1
            lineCount += 1
        }
        position += 1
        start = position
    }

    /// The record ends at a line break.
    private mutating func cut() -> Record? {
        let record = take()
        position += 1
        start = position
        line += 1
        lineCount += 1
        isQuoted = false
        return record
    }

    /// The record ends before the position.
    private mutating func take() -> Record? {
        defer {
            start = position
            line += breaks
            lineCount += breaks
            breaks = 0
            isSkipping = false
        }
        if isSkipping || position - start > limit { return Record(line: line, bytes: nil) }
        var bytes = Array(buffer[start..<position])
        if bytes.last == 13 { bytes.removeLast() }
        // A blank line is none.
        return bytes.allSatisfy(Self.isSpace) ? nil : Record(line: line, bytes: bytes)
    }

    private mutating func skipIfTooLong() -> Record? {
        if position - start > limit { isSkipping = true }
        return nil
    }

    private mutating func rest() throws(LogFault) -> Record? {
        if mode == .elements, !isInside { throw LogFault("", "line \(line): the array does not end; the log was cut off") }
        guard isInside || mode == .lines || mode == .rows, position > start || isSkipping else { return nil }
        if isInside { throw LogFault("", "line \(line): the object that begins here does not end; the log was cut off") }
        let record = take()
        lineCount += 1
        line += 1
        return record
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
}
