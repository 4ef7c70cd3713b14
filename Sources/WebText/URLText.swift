/// Escaping of what is put into addresses and forms (RFC 3986, section 2).
public enum URLText {
    /// Everything that is not unreserved is escaped, so that no value ends its segment or its field.
    public static func escaped(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A path of these segments, each escaped.
    public static func path(_ segments: [String]) -> String {
        segments.map { "/" + escaped($0) }.joined()
    }

    /// `application/x-www-form-urlencoded`, for bodies and queries.
    public static func form(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "\(escaped($0.name))=\(escaped($0.value))" }.joined(separator: "&")
    }

    /// What a segment of a path says; nil where it is not escaped as it must be, or no UTF-8.
    public static func unescaped(_ segment: some Sequence<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(segment)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2).compactMap { Character(UnicodeScalar($0)).hexDigitValue }
            guard digits.count == 2 else { return nil }
            bytes.append(UInt8(digits[0] << 4 | digits[1]))
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The same for a form's field, where `+` is a space.
    public static func unescaped(form field: some Sequence<UInt8>) -> String? {
        unescaped(field.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 })
    }
}
