/// Times as logs write them.
public enum LogTime {
    /// Reads RFC 3339; the same with a space in the middle, with more than six decimals, with an offset of hours alone or without any, which
    /// is UTC; and whole or decimal seconds, milliseconds, microseconds or nanoseconds since 1970, which their size tells apart.
    ///
    /// - Returns: nil for anything else, and for times before 1970.
    public static func read(_ text: String) -> Timestamp? {
        if let time = Timestamp(rfc3339: text) { return time }
        let bytes = Array(text.utf8)
        return bytes.contains(UInt8(ascii: ":")) ? civil(bytes) : number(text)
    }

    private static func civil(_ bytes: [UInt8]) -> Timestamp? {
        guard bytes.count >= 19 else { return nil }
        var written = Array(bytes[..<19])
        if written[10] == UInt8(ascii: " ") { written[10] = UInt8(ascii: "T") }
        var rest = bytes[19...]
        if rest.first == UInt8(ascii: ".") || rest.first == UInt8(ascii: ",") {
            let digits = rest.dropFirst().prefix { (48...57).contains($0) }
            guard !digits.isEmpty else { return nil }
            written.append(UInt8(ascii: "."))
            written += digits.prefix(6)
            rest = rest.dropFirst(1 + digits.count)
        }
        if rest.first == UInt8(ascii: " ") { rest = rest.dropFirst() }
        guard let offset = offset(Array(rest)) else { return nil }
        return Timestamp(rfc3339: String(decoding: written + offset, as: UTF8.self))
    }

    /// As RFC 3339 writes it.
    private static func offset(_ bytes: [UInt8]) -> [UInt8]? {
        let text = String(decoding: bytes, as: UTF8.self)
        if text.isEmpty || text == "Z" || text == "z" || text == "UTC" || text == "GMT" { return [UInt8(ascii: "Z")] }
        guard bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-") else { return nil }
        switch bytes.count {
        case 3: return bytes + Array(":00".utf8)
        case 5: return Array(bytes[..<3]) + [UInt8(ascii: ":")] + Array(bytes[3...])
        case 6: return bytes
        default: return nil
        }
    }

    /// Until the year 5138 a number of seconds has at most eleven digits, and since 1973 a number of milliseconds has twelve or more.
    private static func number(_ text: String) -> Timestamp? {
        guard let decimal = ExactDecimal(jsonNumber: text), let whole = decimal.rounded(to: 0) else { return nil }
        let scale = whole < 100_000_000_000 ? 6 : whole < 100_000_000_000_000 ? 3 : whole < 100_000_000_000_000_000 ? 0 : -3
        guard let microseconds = decimal.rounded(to: scale), microseconds <= 253_402_300_799_999_999 else { return nil }
        return Timestamp(microseconds: microseconds)
    }
}
