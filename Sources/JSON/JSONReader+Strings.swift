extension JSONReader {
    /// A string of any length.
    public mutating func string() throws(JSONError) -> String {
        guard peek() == UInt8(ascii: "\"") else { throw unexpected("send a string") }
        let start = position
        let raw = try rawName()
        guard raw.contains(UInt8(ascii: "\\")) else {
            guard let text = String(validating: raw, as: UTF8.self) else {
                throw JSONError(.malformed, offset: start, detail: "the string is not valid UTF-8")
            }
            return text
        }
        return try unescape(raw, from: start)
    }

    /// A string of 1 … `maximum` Unicode scalars without control characters.
    public mutating func label(maximum: Int) throws(JSONError) -> String {
        let start = position
        guard isAtString else { throw unexpected("send a string of 1 to \(maximum) characters") }
        let text = try string()
        // No more scalars than bytes: a short text needs no counting.
        let fits = text.utf8.count <= maximum || text.unicodeScalars.count <= maximum
        guard !text.isEmpty, fits else {
            throw JSONError(.unexpected, offset: start, detail: "send a string of 1 to \(maximum) characters")
        }
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }), !Self.hasUpperControl(text) else {
            throw JSONError(.unexpected, offset: start, detail: "control characters are not taken; leave them out")
        }
        return text
    }

    /// The bytes between the quotes as they stand, checked for control characters only.
    mutating func rawName() throws(JSONError) -> UnsafeBufferPointer<UInt8> {
        guard take(UInt8(ascii: "\"")) else { throw unexpected("send a string") }
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let raw = UnsafeBufferPointer(rebasing: bytes[start..<position])
                position += 1
                return raw
            }
            guard byte >= 0x20 else { throw malformed("a control character in a string must be escaped") }
            position += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        position = bytes.count
        throw malformed("the string does not end")
    }

    /// U+0080 … U+009F, in UTF-8 C2 80 … C2 9F.
    private static func hasUpperControl(_ text: String) -> Bool {
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if previous == 0xC2, byte < 0xA0 { return true }
            previous = byte
        }
        return false
    }

    private func unescape(_ raw: UnsafeBufferPointer<UInt8>, from start: Int) throws(JSONError) -> String {
        var output: [UInt8] = []
        output.reserveCapacity(raw.count)
        var index = 0
        func bad(_ detail: String) -> JSONError { JSONError(.malformed, offset: start, detail: detail) }
        func hex(_ at: Int) throws(JSONError) -> UInt32 {
            guard at + 4 <= raw.count else { throw bad("\\u needs four hexadecimal digits") }
            var value: UInt32 = 0
            for digit in raw[at..<at + 4] {
                guard let nibble = Character(Unicode.Scalar(digit)).hexDigitValue, digit < 0x80 else {
                    throw bad("\\u needs four hexadecimal digits")
                }
                value = value << 4 | UInt32(nibble)
            }
            return value
        }
        while index < raw.count {
            let byte = raw[index]
            guard byte == UInt8(ascii: "\\") else {
                output.append(byte)
                index += 1
                continue
            }
            guard index + 1 < raw.count else { throw bad("an escape is cut off") }
            let escape = raw[index + 1]
            index += 2
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): output.append(escape)
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "f"): output.append(0x0C)
            case UInt8(ascii: "n"): output.append(0x0A)
            case UInt8(ascii: "r"): output.append(0x0D)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "u"):
                var code = try hex(index)
                index += 4
                if (0xD800..<0xDC00).contains(code) {
                    guard index + 6 <= raw.count, raw[index] == UInt8(ascii: "\\"), raw[index + 1] == UInt8(ascii: "u") else {
                        throw bad("half of a surrogate pair stands alone")
                    }
                    let low = try hex(index + 2)
                    guard (0xDC00..<0xE000).contains(low) else { throw bad("half of a surrogate pair stands alone") }
                    code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
                    index += 6
                }
                guard let scalar = Unicode.Scalar(code) else { throw bad("half of a surrogate pair stands alone") }
                output.append(contentsOf: Array(String(Character(scalar)).utf8))
            default: throw bad("unknown escape in a string")
            }
        }
        guard let text = String(validating: output, as: UTF8.self) else { throw bad("the string is not valid UTF-8") }
        return text
    }
}
