internal import WebText

/// The fields of a query or of a form: names with values, as `application/x-www-form-urlencoded`.
public struct Fields: Sendable {
    /// The most bytes that are read.
    public static let maximumBytes = 65_536
    /// The most fields that are read.
    public static let maximumCount = 200

    public typealias Field = (name: String, value: String)

    /// In the order in which they were sent.
    public let all: [Field]

    public init(_ all: [Field] = []) { self.all = all }

    /// Nil where the text is too long, has too many fields or is no UTF-8 once it is unescaped.
    public init?(urlEncoded text: some Sequence<UInt8>) {
        let bytes = Array(text)
        guard bytes.count <= Self.maximumBytes else { return nil }
        var fields: [Field] = []
        for part in bytes.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true) {
            guard fields.count < Self.maximumCount else { return nil }
            let end = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            let value = end == part.endIndex ? part[end...] : part[part.index(after: end)...]
            guard let name = URLText.unescaped(form: part[..<end]), let value = URLText.unescaped(form: value) else { return nil }
            fields.append((name, value))
        }
        all = fields
    }

    /// The first value of this name without white space around it; nil where there is none or it is empty.
    public subscript(name: String) -> String? {
        guard let value = all.first(where: { $0.name == name })?.value else { return nil }
        let trimmed = value.trimmed
        return trimmed.isEmpty ? nil : trimmed
    }

    /// The fields as a query, without the question mark; those without a value are left out.
    public static func query(_ fields: [(String, String?)]) -> String {
        URLText.form(fields.compactMap { name, value in value.map { (name, $0) } })
    }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }
}
