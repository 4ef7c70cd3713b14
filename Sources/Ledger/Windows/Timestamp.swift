/// A point in time: microseconds since 1970-01-01T00:00:00Z, the resolution of PostgreSQL's `timestamptz`.
public struct Timestamp: Hashable, Comparable, Sendable {
    public var microseconds: Int64

    @inlinable
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    @inlinable
    public init(seconds: Int64) {
        microseconds = seconds * 1_000_000
    }

    /// Whole seconds, rounded towards the past.
    public var seconds: Int64 { microseconds.flooringDivide(1_000_000) }

    /// Later by a number of seconds; stays at the last representable moment instead of overflowing.
    public func adding(seconds: Int64) -> Timestamp {
        let (product, tooFar) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, overflow) = microseconds.addingReportingOverflow(product)
        guard !tooFar, !overflow else { return Timestamp(microseconds: seconds < 0 ? .min : .max) }
        return Timestamp(microseconds: sum)
    }

    /// Whole seconds from this moment until another, rounded up, at least 0: what `Retry-After` needs.
    public func secondsRoundedUp(until other: Timestamp) -> Int64 {
        guard other > self else { return 0 }
        return (other.microseconds - microseconds + 999_999) / 1_000_000
    }

    @inlinable
    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC; a fraction of six digits only where there is one.
    public func writeText(_ byte: (UInt8) -> Void) {
        let time = CivilTime(self)
        func digits(_ value: Int64, _ count: Int) {
            var divisor: Int64 = 1
            for _ in 1..<count { divisor *= 10 }
            while divisor > 0 {
                byte(UInt8(ascii: "0") + UInt8(value / divisor % 10))
                divisor /= 10
            }
        }
        digits(time.date.year, 4)
        byte(UInt8(ascii: "-"))
        digits(time.date.month, 2)
        byte(UInt8(ascii: "-"))
        digits(time.date.day, 2)
        byte(UInt8(ascii: "T"))
        digits(time.secondOfDay / 3_600, 2)
        byte(UInt8(ascii: ":"))
        digits(time.secondOfDay / 60 % 60, 2)
        byte(UInt8(ascii: ":"))
        digits(time.secondOfDay % 60, 2)
        let fraction = microseconds - seconds * 1_000_000
        if fraction != 0 {
            byte(UInt8(ascii: "."))
            digits(fraction, 6)
        }
        byte(UInt8(ascii: "Z"))
    }

    public var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(27)
        writeText { bytes.append($0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// 9999-12-31T23:59:59Z
    private static let lastSecond: Int64 = 253_402_300_799

    /// Reads RFC 3339 (section 5.6) with `Z` or a numeric offset, years 1970 … 9999 in UTC, up to six fraction digits.
    public init?(rfc3339 text: some StringProtocol) {
        var reader = DigitReader(Array(text.utf8))
        guard let year = reader.number(4), year >= 1970, reader.take("-"),
            let month = reader.number(2), reader.take("-"), let day = reader.number(2),
            let date = CivilDate(year: year, month: month, day: day),
            reader.take("T") || reader.take("t"),
            let hour = reader.number(2), hour < 24, reader.take(":"),
            let minute = reader.number(2), minute < 60, reader.take(":"),
            let second = reader.number(2), second < 60
        else { return nil }
        var fraction: Int64 = 0
        if reader.take(".") {
            guard let read = reader.fraction(6) else { return nil }
            fraction = read
        }
        var offset: Int64 = 0
        if !(reader.take("Z") || reader.take("z")) {
            let sign: Int64 = reader.take("+") ? 1 : -1
            guard sign == 1 || reader.take("-"), let hours = reader.number(2), hours < 24, reader.take(":"),
                let minutes = reader.number(2), minutes < 60
            else { return nil }
            offset = sign * (hours * 3_600 + minutes * 60)
        }
        guard reader.isAtEnd else { return nil }
        let seconds = date.daysSince1970 * 86_400 + hour * 3_600 + minute * 60 + second - offset
        guard (0...Self.lastSecond).contains(seconds) else { return nil }
        self.init(microseconds: seconds * 1_000_000 + fraction)
    }
}

/// Reads fixed-width decimal fields.
private struct DigitReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
        position += 1
        return true
    }

    mutating func number(_ width: Int) -> Int64? {
        guard position + width <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[position..<position + width] {
            guard byte >= 48, byte <= 57 else { return nil }
            value = value * 10 + Int64(byte - 48)
        }
        position += width
        return value
    }

    mutating func fraction(_ width: Int) -> Int64? {
        var value: Int64 = 0
        var count = 0
        while position < bytes.count, bytes[position] >= 48, bytes[position] <= 57, count < width {
            value = value * 10 + Int64(bytes[position] - 48)
            position += 1
            count += 1
        }
        guard count > 0 else { return nil }
        while count < width {
            value *= 10
            count += 1
        }
        return value
    }
}

extension Int64 {
    /// Division that rounds towards negative infinity.
    func flooringDivide(_ divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
