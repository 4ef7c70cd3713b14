/// A non-negative decimal number as it was written: digits and the power of ten they stand for.
public struct ExactDecimal: Hashable, Sendable {
    /// Without the point; at most 38 significant digits as read.
    public let digits: UInt128
    /// The value is `digits × 10^exponent`.
    public let exponent: Int

    /// Reads the strict form of amounts on the wire: `0` or digits without leading zeros, then optionally a point and
    /// one to nine digits. Nil for anything else.
    public init?(_ text: some StringProtocol) {
        self.init(text, maximumFraction: 9, allowsExponent: false)
    }

    /// Reads a JSON number (RFC 8259, section 6) without a sign, such as `1.25e-06`, as the decimal it denotes.
    public init?(jsonNumber text: some StringProtocol) {
        self.init(text, maximumFraction: 38, allowsExponent: true)
    }

    init(digits: UInt128, exponent: Int) {
        self.digits = digits
        self.exponent = exponent
    }

    private init?(_ text: some StringProtocol, maximumFraction: Int, allowsExponent: Bool) {
        var digits: UInt128 = 0
        var significant = 0
        var fraction = 0
        var integerDigits = 0
        var seenPoint = false
        var exponent = 0
        var iterator = text.utf8.makeIterator()
        var next = iterator.next()
        var leadingZero = false
        while let byte = next {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if !seenPoint {
                    guard !leadingZero else { return nil }
                    leadingZero = integerDigits == 0 && byte == UInt8(ascii: "0")
                    integerDigits += 1
                } else {
                    fraction += 1
                }
                if digits != 0 || byte != UInt8(ascii: "0") { significant += 1 }
                guard significant <= 38, integerDigits <= 38, fraction <= maximumFraction else { return nil }
                digits = digits * 10 + UInt128(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "."):
                guard !seenPoint, integerDigits > 0 else { return nil }
                seenPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                guard allowsExponent, integerDigits > 0, !seenPoint || fraction > 0 else { return nil }
                guard let read = Self.readExponent(&iterator) else { return nil }
                self.digits = digits
                self.exponent = read - fraction
                return
            default:
                return nil
            }
            next = iterator.next()
        }
        guard integerDigits > 0, !seenPoint || fraction > 0 else { return nil }
        exponent = -fraction
        self.digits = digits
        self.exponent = exponent
    }

    private static func readExponent(_ iterator: inout some IteratorProtocol<UInt8>) -> Int? {
        var negative = false
        var value = 0
        var count = 0
        var first = true
        while let byte = iterator.next() {
            if first, byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") {
                negative = byte == UInt8(ascii: "-")
                first = false
                continue
            }
            first = false
            guard byte >= 48, byte <= 57, count < 4 else { return nil }
            value = value * 10 + Int(byte - 48)
            count += 1
        }
        return count == 0 ? nil : negative ? -value : value
    }

    /// The value in units of `10^-scale`, if it is a whole number of them that fits.
    public func scaled(to scale: Int) -> Int64? {
        guard let (value, exact) = scaledRoundingUp(to: scale), exact else { return nil }
        return value
    }

    /// The value in units of `10^-scale`, rounded up, and whether it was exact; nil if it does not fit.
    public func scaledRoundingUp(to scale: Int) -> (value: Int64, exact: Bool)? {
        if digits == 0 { return (0, true) }
        var value = digits
        var exact = true
        var shift = exponent + scale
        guard shift <= 38 else { return nil }
        while shift > 0 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            value = product
            shift -= 1
        }
        while shift < 0 {
            let (quotient, remainder) = value.quotientAndRemainder(dividingBy: 10)
            if remainder != 0 { exact = false }
            value = quotient
            shift += 1
            if value == 0 { break }
        }
        if !exact { value += 1 }
        guard let result = Int64(exactly: value) else { return nil }
        return (result, exact)
    }

    /// The exact product; nil where its digits do not fit.
    public func multiplied(by other: ExactDecimal) -> ExactDecimal? {
        let (a, b) = (withoutTrailingZeros, other.withoutTrailingZeros)
        let (digits, overflow) = a.digits.multipliedReportingOverflow(by: b.digits)
        return overflow ? nil : ExactDecimal(digits: digits, exponent: a.exponent + b.exponent)
    }

    private var withoutTrailingZeros: ExactDecimal {
        guard digits != 0 else { return ExactDecimal(digits: 0, exponent: 0) }
        var (digits, exponent) = (digits, exponent)
        while digits % 10 == 0 {
            digits /= 10
            exponent += 1
        }
        return ExactDecimal(digits: digits, exponent: exponent)
    }

    /// `value × 10^-scale` as decimal text without trailing zeros.
    public static func write(_ value: Int64, scale: Int, _ byte: (UInt8) -> Void) {
        if value < 0 { byte(UInt8(ascii: "-")) }
        var unit: UInt64 = 1
        for _ in 0..<scale { unit *= 10 }
        let magnitude = value.magnitude
        writeInteger(magnitude / unit, byte)
        var fraction = magnitude % unit
        guard fraction != 0 else { return }
        byte(UInt8(ascii: "."))
        while fraction != 0 {
            unit /= 10
            byte(UInt8(ascii: "0") + UInt8(fraction / unit))
            fraction %= unit
        }
    }

    public static func text(_ value: Int64, scale: Int) -> String {
        var bytes: [UInt8] = []
        write(value, scale: scale) { bytes.append($0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func writeInteger(_ value: UInt64, _ byte: (UInt8) -> Void) {
        var divisor: UInt64 = 1
        while value / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            byte(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }
}
