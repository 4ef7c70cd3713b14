/// What a value must look like: exactly this, one of these, or a pattern in which `*` stands for any characters.
public enum Matcher: Hashable, Sendable {
    case exact(String)
    case anyOf([Matcher])
    case glob([UInt8])

    /// A text with a `*` is a pattern, any other is exact.
    public init(_ text: String) {
        self = text.utf8.contains(UInt8(ascii: "*")) ? .glob(Array(text.utf8)) : .exact(text)
    }

    public func matches(_ value: String) -> Bool {
        switch self {
        // Byte by byte, as balances are told apart: `==` alone takes composed and decomposed letters for the same.
        case .exact(let text): text == value && text.utf8.elementsEqual(value.utf8)
        case .anyOf(let matchers): matchers.contains { $0.matches(value) }
        case .glob(let pattern): Self.glob(pattern, matches: Array(value.utf8))
        }
    }

    /// The text it was made from; a list has several.
    public var texts: [String] {
        switch self {
        case .exact(let text): [text]
        case .anyOf(let matchers): matchers.flatMap(\.texts)
        case .glob(let pattern): [String(decoding: pattern, as: UTF8.self)]
        }
    }

    /// The values it stands for, where these can be listed.
    var exactValues: [String]? {
        switch self {
        case .exact(let text): return [text]
        case .glob: return nil
        case .anyOf(let matchers):
            var values: [String] = []
            for matcher in matchers {
                guard let more = matcher.exactValues else { return nil }
                values += more
            }
            return values
        }
    }

    /// Linear in practice, quadratic at worst: on a mismatch only the last `*` takes one more byte.
    private static func glob(_ pattern: [UInt8], matches text: [UInt8]) -> Bool {
        var p = 0
        var t = 0
        var star: (pattern: Int, text: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                star = (p, t)
                p += 1
            } else if p < pattern.count, pattern[p] == text[t] {
                p += 1
                t += 1
            } else if let last = star {
                p = last.pattern + 1
                t = last.text + 1
                star = (last.pattern, t)
            } else {
                return false
            }
        }
        while p < pattern.count, pattern[p] == UInt8(ascii: "*") { p += 1 }
        return p == pattern.count
    }
}
