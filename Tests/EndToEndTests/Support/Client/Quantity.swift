/// An amount as the wire has it: money as a text in major units, read as nano-units; a count as an integer.
struct Quantity: Decodable, Hashable, Sendable {
    let value: Int64

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let count = try? container.decode(Int64.self) {
            value = count
        } else {
            let text = try container.decode(String.self)
            guard let nanos = Self.nanos(text) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no money")
            }
            value = nanos
        }
    }

    /// Nil unless the text is a decimal of at most nine places that an Int64 of nano-units holds.
    static func nanos(_ text: String) -> Int64? {
        let isNegative = text.hasPrefix("-")
        let parts = text.dropFirst(isNegative ? 1 : 0).split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first.flatMap({ Int64($0) }) else { return nil }
        let decimals = parts.count == 2 ? String(parts[1]) : "0"
        guard (1...9).contains(decimals.count), let part = Int64(decimals + String(repeating: "0", count: 9 - decimals.count)) else { return nil }
        let (nanos, overflow) = whole.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? nil : (isNegative ? -1 : 1) * (nanos + part)
    }

    /// The text of an amount of nano-units.
    static func money(_ nanos: Int64) -> String {
        let decimals = String(String(1_000_000_000 + nanos % 1_000_000_000).dropFirst())
        return "\(nanos / 1_000_000_000).\(decimals)"
    }
}
