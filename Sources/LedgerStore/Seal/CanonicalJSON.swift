/// JSON text in the one form that the seal takes digests of: members in the order of their names' UTF-8, nothing between tokens,
/// escapes only where JSON asks for them, in their short form where there is one, numbers as they stand.
///
/// Python writes the same with `json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)`.
struct CanonicalJSON {
    private static let maximumDepth = 100

    private let text: [UInt8]
    private var position = 0

    /// - Parameter text: as PostgreSQL writes jsonb, which escapes nothing that needs none.
    static func rewrite(_ text: [UInt8]) throws -> [UInt8] {
        var reader = CanonicalJSON(text: text)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == text.count else { throw fault }
        return value
    }

    static func append(string: String, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): line += [UInt8(ascii: "\\"), byte]
            case 8: line += "\\b".utf8
            case 9: line += "\\t".utf8
            case 10: line += "\\n".utf8
            case 12: line += "\\f".utf8
            case 13: line += "\\r".utf8
            case 0..<0x20: line += "\\u00\(Digest.hex([byte]))".utf8
            default: line.append(byte)
            }
        }
        line.append(UInt8(ascii: "\""))
    }

    private static let fault = StoreError(.corrupt, "a JSON document of a fact cannot be read")

    private init(text: [UInt8]) { self.text = text }

    private mutating func value(depth: Int) throws -> [UInt8] {
        guard depth < Self.maximumDepth else { throw Self.fault }
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return try string()
        default: return try scalar()
        }
    }

    private mutating func object(depth: Int) throws -> [UInt8] {
        position += 1
        var members: [(name: [UInt8], value: [UInt8])] = []
        while try !end(UInt8(ascii: "}"), isFirst: members.isEmpty) {
            let name = try string()
            try take(UInt8(ascii: ":"))
            members.append((name, try value(depth: depth + 1)))
        }
        members.sort { $0.name.dropLast().lexicographicallyPrecedes($1.name.dropLast()) }
        return [UInt8(ascii: "{")] + members.map { $0.name + [UInt8(ascii: ":")] + $0.value }.joined(separator: [UInt8(ascii: ",")])
            + [UInt8(ascii: "}")]
    }

    private mutating func array(depth: Int) throws -> [UInt8] {
        position += 1
        var elements: [[UInt8]] = []
        while try !end(UInt8(ascii: "]"), isFirst: elements.isEmpty) { elements.append(try value(depth: depth + 1)) }
        return [UInt8(ascii: "[")] + elements.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
    }

    /// Takes the closing bracket, or the comma before the next element.
    private mutating func end(_ bracket: UInt8, isFirst: Bool) throws -> Bool {
        skipSpace()
        if peek == bracket {
            position += 1
            return true
        }
        if !isFirst { try take(UInt8(ascii: ",")) }
        skipSpace()
        return false
    }

    private mutating func string() throws -> [UInt8] {
        guard peek == UInt8(ascii: "\"") else { throw Self.fault }
        let start = position
        position += 1
        while let byte = peek, byte != UInt8(ascii: "\"") { position += byte == UInt8(ascii: "\\") ? 2 : 1 }
        guard peek != nil else { throw Self.fault }
        position += 1
        return Array(text[start..<position])
    }

    private mutating func scalar() throws -> [UInt8] {
        let start = position
        while let byte = peek, !Self.ends(byte) { position += 1 }
        guard position > start else { throw Self.fault }
        return Array(text[start..<position])
    }

    private static func ends(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: " ")
    }

    private var peek: UInt8? { position < text.count ? text[position] : nil }

    private mutating func take(_ byte: UInt8) throws {
        skipSpace()
        guard peek == byte else { throw Self.fault }
        position += 1
    }

    private mutating func skipSpace() {
        while peek == UInt8(ascii: " ") { position += 1 }
    }
}
