/// An IPv4 or IPv6 address.
public enum NetworkAddress: Hashable, Sendable {
    case v4(UInt32)
    /// The two halves, from the left.
    case v6(UInt64, UInt64)

    /// The first 32, or both halves of the 128 bits, as they stand in a packet.
    public init?(bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        func number(_ part: ArraySlice<UInt8>) -> UInt64 { part.reduce(0) { $0 << 8 | UInt64($1) } }
        switch bytes.count {
        case 4: self = .v4(UInt32(number(bytes[0..<4])))
        case 16: self = .v6(number(bytes[0..<8]), number(bytes[8..<16]))
        default: return nil
        }
    }

    // MARK: - IPv4

    /// Whether a host is meant as an IPv4 address: its last part is a number (WHATWG URL, section 3.5).
    public static func looksLikeIPv4(_ host: String) -> Bool {
        var parts = host.split(separator: ".", omittingEmptySubsequences: false)
        if parts.last == "", parts.count > 1 { parts.removeLast() }
        guard let last = parts.last, !last.isEmpty else { return false }
        return last.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } || number(last) != nil
    }

    /// Reads an IPv4 address as every system's resolver does: one to four parts, each decimal, octal (`0177`) or
    /// hexadecimal (`0x7f`), the last of which fills what is left (`127.1`, `2130706433`).
    public init?(ipv4 host: String) {
        var parts = host.split(separator: ".", omittingEmptySubsequences: false)
        if parts.last == "", parts.count > 1 { parts.removeLast() }
        let numbers = parts.compactMap(Self.number)
        guard (1...4).contains(parts.count), numbers.count == parts.count, let last = numbers.last,
            numbers.dropLast().allSatisfy({ $0 <= 255 }), last < UInt64(1) << (8 * UInt64(5 - numbers.count))
        else { return nil }
        var value = last
        for (position, part) in numbers.dropLast().enumerated() { value |= part << (8 * UInt64(3 - position)) }
        self = .v4(UInt32(truncatingIfNeeded: value))
    }

    private static func number(_ part: Substring) -> UInt64? {
        let lower = part.lowercased()
        guard !lower.isEmpty, !lower.contains("+"), !lower.contains("-") else { return nil }
        if lower.hasPrefix("0x") { return lower.count == 2 ? 0 : UInt64(lower.dropFirst(2), radix: 16) }
        return lower.count > 1 && lower.hasPrefix("0") ? UInt64(lower.dropFirst(), radix: 8) : UInt64(lower, radix: 10)
    }

    // MARK: - IPv6

    /// Reads the text forms of RFC 4291, section 2.2, without brackets and zone.
    public init?(ipv6 text: String) {
        let halves = text.components(splitAt: "::")
        guard halves.count <= 2, let first = Self.groups(halves[0], endsAddress: halves.count == 1),
            let second = halves.count == 2 ? Self.groups(halves[1], endsAddress: true) : []
        else { return nil }
        let missing = 8 - first.count - second.count
        guard halves.count == 2 ? missing >= 1 : missing == 0 else { return nil }
        let all = first + Array(repeating: 0, count: missing) + second
        self.init(bytes: all.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] })
    }

    private static func groups(_ text: Substring, endsAddress: Bool) -> [UInt16]? {
        if text.isEmpty { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (position, part) in parts.enumerated() {
            if part.contains(".") {
                guard endsAddress, position == parts.count - 1, let value = dotted(part) else { return nil }
                groups += [UInt16(truncatingIfNeeded: value >> 16), UInt16(truncatingIfNeeded: value)]
            } else {
                guard (1...4).contains(part.utf8.count), !part.contains("+"), !part.contains("-"), let group = UInt16(part, radix: 16) else {
                    return nil
                }
                groups.append(group)
            }
        }
        return groups.count <= 8 ? groups : nil
    }

    private static func dotted(_ text: Substring) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt8($0) }
        guard parts.count == 4, text.split(separator: ".").count == 4 else { return nil }
        return parts.reduce(0) { $0 << 8 | UInt32($1) }
    }
}

extension NetworkAddress: CustomStringConvertible {
    /// As a resolver reads it; IPv6 in full, without brackets.
    public var description: String {
        switch self {
        case .v4(let value): (0..<4).map { "\(value >> (24 - 8 * $0) & 255)" }.joined(separator: ".")
        case .v6(let high, let low):
            [high, low].flatMap { half in (0..<4).map { String(half >> (48 - 16 * UInt64($0)) & 0xFFFF, radix: 16) } }.joined(separator: ":")
        }
    }
}

extension String {
    fileprivate func components(splitAt separator: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return parts + [rest]
    }
}
