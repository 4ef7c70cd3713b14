/// Reads a JSON text in one pass, strictly and without an intermediate tree: unknown and repeated names, wrong types
/// and numbers out of bounds are errors that tell where.
///
/// The bytes must outlive the reader, so it is lent to a closure by `read`.
public struct JSONReader: ~Copyable {
    /// The deepest nesting that is followed.
    public static let maximumDepth = 32

    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0
    private var depth = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Reads one whole text; anything but white space behind it is an error.
    public static func read<Value>(
        _ bytes: UnsafeBufferPointer<UInt8>, _ body: (inout JSONReader) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        var reader = JSONReader(bytes)
        reader.skipWhitespace()
        guard reader.position < bytes.count else { throw reader.malformed("the body is empty; send a JSON value") }
        let value = try body(&reader)
        reader.skipWhitespace()
        guard reader.position == bytes.count else { throw reader.malformed("there is something after the JSON value") }
        return value
    }

    // MARK: - Containers

    /// Reads an object whose names are known. `body` must read the member's value.
    public mutating func object<Field>(
        _ fields: JSONFields<Field>, _ body: (Field, inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        var seen: UInt64 = 0
        try members { start, reader throws(JSONError) in
            let name = try reader.rawName()
            guard let index = fields.position(of: name) else {
                throw JSONError(.unexpected, offset: start, detail: "unknown field; known here: \(fields.list)")
            }
            guard seen & (1 << UInt64(index)) == 0 else {
                throw JSONError(.unexpected, offset: start, detail: "this field stands here twice; send it once")
            }
            seen |= 1 << UInt64(index)
            try reader.colon()
            try body(fields.fields[index], &reader)
        }
    }

    /// Reads an object with any names. `body` gets each name with the offset at which it stands, and must read the value.
    public mutating func dictionary(
        _ body: (String, Int, inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        try members { start, reader throws(JSONError) in
            let name = try reader.string()
            try reader.colon()
            try body(name, start, &reader)
        }
    }

    /// Reads those members of an object whose names are known, and passes over the others. `body` must read the member's value.
    public mutating func pick<Field>(
        _ fields: JSONFields<Field>, _ body: (Field, inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        try members { _, reader throws(JSONError) in
            let index = fields.position(of: try reader.rawName())
            try reader.colon()
            if let index { return try body(fields.fields[index], &reader) }
            if reader.isAtString { _ = try reader.rawName() } else { try reader.skip() }
        }
    }

    /// Reads an array. `body` must read each element.
    public mutating func array(_ body: (inout JSONReader) throws(JSONError) -> Void) throws(JSONError) {
        try open(UInt8(ascii: "["), expected: "an array")
        skipWhitespace()
        if take(UInt8(ascii: "]")) { return close() }
        while true {
            skipWhitespace()
            try body(&self)
            skipWhitespace()
            if take(UInt8(ascii: "]")) { return close() }
            guard take(UInt8(ascii: ",")) else { throw malformed("expected ',' or ']'") }
        }
    }

    private mutating func members(
        _ body: (Int, inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        try open(UInt8(ascii: "{"), expected: "an object")
        skipWhitespace()
        if take(UInt8(ascii: "}")) { return close() }
        while true {
            skipWhitespace()
            guard peek() == UInt8(ascii: "\"") else { throw malformed("expected a name in quotes") }
            try body(position, &self)
            skipWhitespace()
            if take(UInt8(ascii: "}")) { return close() }
            guard take(UInt8(ascii: ",")) else { throw malformed("expected ',' or '}'") }
        }
    }

    private mutating func open(_ bracket: UInt8, expected: String) throws(JSONError) {
        guard peek() == bracket else { throw unexpected("send \(expected)") }
        depth += 1
        guard depth <= Self.maximumDepth else { throw malformed("nested deeper than \(Self.maximumDepth) levels") }
        position += 1
    }

    private mutating func close() { depth -= 1 }

    private mutating func colon() throws(JSONError) {
        skipWhitespace()
        guard take(UInt8(ascii: ":")) else { throw malformed("expected ':'") }
        skipWhitespace()
    }

    // MARK: - Scalars

    /// Takes a `null`, if one comes next.
    public mutating func takeNull() throws(JSONError) -> Bool {
        guard peek() == UInt8(ascii: "n") else { return false }
        try literal("null")
        return true
    }

    /// Takes an empty string, if one comes next.
    public mutating func takeEmpty() throws(JSONError) -> Bool {
        guard isAtString else { return false }
        let start = position
        if try string().isEmpty { return true }
        position = start
        return false
    }

    /// Whether a string comes next.
    public var isAtString: Bool { peek() == UInt8(ascii: "\"") }

    /// Whether a number comes next.
    public var isAtNumber: Bool {
        guard let byte = peek() else { return false }
        return byte == UInt8(ascii: "-") || isDigit(byte)
    }

    /// Whether an object comes next.
    public var isAtObject: Bool { peek() == UInt8(ascii: "{") }

    /// Whether an array comes next.
    public var isAtArray: Bool { peek() == UInt8(ascii: "[") }

    /// The byte that is read next, for errors about the coming value.
    public var offset: Int { position }

    public mutating func bool() throws(JSONError) -> Bool {
        switch peek() {
        case UInt8(ascii: "t"):
            try literal("true")
            return true
        case UInt8(ascii: "f"):
            try literal("false")
            return false
        default: throw unexpected("send true or false")
        }
    }

    /// A whole number in the given bounds, written without fraction and exponent.
    public mutating func integer(in bounds: ClosedRange<Int64>) throws(JSONError) -> Int64 {
        let start = position
        guard isAtNumber else { throw unexpected("send a whole number from \(bounds.lowerBound) to \(bounds.upperBound)") }
        let text = try numberBytes()
        var value: Int64 = 0
        let negative = text.first == UInt8(ascii: "-")
        for byte in text.dropFirst(negative ? 1 : 0) {
            guard isDigit(byte) else { throw outOfBounds(start, bounds) }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int64(byte - 48))
            guard !overflow, !carry else { throw outOfBounds(start, bounds) }
            value = sum
        }
        if negative { value = -value }
        guard bounds.contains(value) else { throw outOfBounds(start, bounds) }
        return value
    }

    /// A number exactly as it is written.
    public mutating func number() throws(JSONError) -> String {
        guard isAtNumber else { throw unexpected("send a number") }
        return String(decoding: try numberBytes(), as: UTF8.self)
    }

    /// Passes over any value.
    public mutating func skip() throws(JSONError) {
        switch peek() {
        case UInt8(ascii: "{"): try dictionary { _, _, reader throws(JSONError) in try reader.skip() }
        case UInt8(ascii: "["): try array { reader throws(JSONError) in try reader.skip() }
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "n"): try literal("null")
        case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try bool()
        default: _ = try number()
        }
    }

    private func outOfBounds(_ start: Int, _ bounds: ClosedRange<Int64>) -> JSONError {
        JSONError(.unexpected, offset: start, detail: "send a whole number from \(bounds.lowerBound) to \(bounds.upperBound)")
    }

    private mutating func numberBytes() throws(JSONError) -> UnsafeBufferPointer<UInt8> {
        let start = position
        _ = take(UInt8(ascii: "-"))
        guard let first = peek(), isDigit(first) else { throw malformed("a number needs digits") }
        position += 1
        if first != UInt8(ascii: "0") { skipDigits() }
        if take(UInt8(ascii: ".")) {
            guard skipDigits() > 0 else { throw malformed("a fraction needs digits") }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits() > 0 else { throw malformed("an exponent needs digits") }
        }
        return UnsafeBufferPointer(rebasing: bytes[start..<position])
    }

    @discardableResult
    private mutating func skipDigits() -> Int {
        let start = position
        while let byte = peek(), isDigit(byte) { position += 1 }
        return position - start
    }

    private mutating func literal(_ text: StaticString) throws(JSONError) {
        for index in 0..<text.utf8CodeUnitCount {
            guard take(text.utf8Start[index]) else { throw malformed("expected \(text)") }
        }
    }

    // MARK: - Bytes

    @inline(__always)
    func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    @inline(__always)
    mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    @inline(__always)
    private func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

    func malformed(_ detail: String) -> JSONError { JSONError(.malformed, offset: position, detail: detail) }

    /// The coming value is not of the expected kind; if no value comes, the text is malformed.
    public func unexpected(_ detail: String) -> JSONError {
        guard let byte = peek() else { return malformed("the text ends too early") }
        return switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "-"), UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            JSONError(.unexpected, offset: position, detail: detail)
        default: malformed("no JSON value begins here")
        }
    }
}
