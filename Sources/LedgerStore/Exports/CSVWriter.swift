internal import Ledger

/// Writes rows of RFC 4180: commas, CRLF, quotes where they are needed. An empty cell is NULL.
struct CSVWriter {
    private(set) var bytes: [UInt8] = []
    private var isFirst = true

    init(capacity: Int = 4_096) { bytes.reserveCapacity(capacity) }

    /// A cell that the ledger itself makes.
    mutating func cell(_ text: String?) {
        separate()
        guard let text, !text.isEmpty else { return }
        if text.utf8.contains(where: Self.needsQuotes) { quote(text) } else { bytes += text.utf8 }
    }

    /// A cell whose text came from a caller. Where a spreadsheet would take it for a formula it gets an apostrophe in front
    /// (OWASP, CSV injection): `=cmd()` becomes `'=cmd()`.
    mutating func foreign(_ text: String?) {
        guard let text, let first = text.utf8.first, Self.isDangerous(first) else { return cell(text) }
        cell("'" + text)
    }

    mutating func cell(_ number: Int64?) {
        separate()
        if let number { bytes += String(number).utf8 }
    }

    mutating func cell(_ time: Timestamp) {
        separate()
        time.writeText { bytes.append($0) }
    }

    mutating func end() {
        bytes += [13, 10]
        isFirst = true
    }

    /// Gives away what was written.
    mutating func take() -> [UInt8] {
        let taken = bytes
        bytes.removeAll(keepingCapacity: true)
        return taken
    }

    private mutating func separate() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsQuotes(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 10 || byte == 13
    }

    private static func isDangerous(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 9, 10, 13: true
        default: false
        }
    }
}
