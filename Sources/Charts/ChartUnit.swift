/// What the numbers of a chart are.
public enum ChartUnit: Hashable, Sendable {
    /// Major units of a currency, by its ISO 4217 code.
    case money(String)
    case count
    case percent

    /// What stands above the axis.
    var name: String? {
        switch self {
        case .money(let currency): currency
        case .count: nil
        case .percent: "%"
        }
    }
}

/// Decimal text with thousands set apart.
public enum DecimalText {
    /// `mantissa × 10^exponent`, all of its digits.
    static func text(_ mantissa: Int64, exponent: Int) -> String {
        var digits = String(mantissa.magnitude)
        var fraction = ""
        if exponent >= 0 {
            if mantissa != 0 { digits += String(repeating: "0", count: exponent) }
        } else {
            if digits.count <= -exponent { digits = String(repeating: "0", count: 1 - exponent - digits.count) + digits }
            fraction = String(digits.suffix(-exponent))
            digits = String(digits.dropLast(-exponent))
            while fraction.hasSuffix("0") { fraction.removeLast() }
        }
        return (mantissa < 0 ? "−" : "") + grouped(digits) + (fraction.isEmpty ? "" : "." + fraction)
    }

    /// Plain decimal text as the interface writes it, such as `-1204.5`, for readers: `−1,204.50`. Other text stays as it is.
    /// - Parameters:
    ///   - decimals: how many there are at least; where more are known they are kept.
    public static func readable(_ plain: String, decimals: Int = 0) -> String {
        let isNegative = plain.hasPrefix("-")
        let parts = plain.dropFirst(isNegative ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }) else { return plain }
        var fraction = parts.count == 2 ? String(parts[1]) : ""
        if fraction.count < decimals { fraction += String(repeating: "0", count: decimals - fraction.count) }
        return (isNegative ? "−" : "") + grouped(String(parts[0])) + (fraction.isEmpty ? "" : "." + fraction)
    }

    private static func grouped(_ digits: String) -> String {
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }
}
