/// A 128-bit identifier, kept as two big-endian halves so that comparing, hashing and encoding need no allocation.
///
/// Facts carry UUIDv7 (RFC 9562, section 5.7): the id tells the month in which a hold was opened, which is where its
/// facts are stored. Balances carry a truncated hash of their identity instead.
public struct Identifier: Hashable, Comparable, Sendable {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The all-zero id: "no fact before this one".
    /// Not before any other; where a page begins.
    public static let last = Identifier(high: .max, low: .max)

    public static let none = Identifier(high: 0, low: 0)

    /// A UUIDv7 for a fact made at `time`.
    ///
    /// - Parameters:
    ///   - time: gives the 48-bit millisecond prefix; the microseconds within it go to the next 12 bits
    ///     (RFC 9562, section 6.2, method 3). Times before 1970 count as 1970.
    ///   - sequence: the position within one batch, 0 … 255, so that ids of one batch sort in arrival order.
    ///   - random: entropy; 54 bits of it are used.
    public static func version7(at time: Timestamp, sequence: UInt8, random: UInt64) -> Identifier {
        let microseconds = UInt64(clamping: time.microseconds)
        let milliseconds = (microseconds / 1_000) & 0xFFFF_FFFF_FFFF
        let fraction = (microseconds % 1_000) * 4096 / 1_000
        return Identifier(
            high: milliseconds << 16 | 0x7000 | fraction,
            low: 0x8000_0000_0000_0000 | UInt64(sequence) << 54 | random & 0x3F_FFFF_FFFF_FFFF
        )
    }

    /// The time in a UUIDv7's prefix, to the millisecond.
    public var time: Timestamp { Timestamp(microseconds: Int64(high >> 16) * 1_000) }

    @inlinable
    public static func < (a: Identifier, b: Identifier) -> Bool {
        a.high != b.high ? a.high < b.high : a.low < b.low
    }

    @inlinable
    public static func == (a: Identifier, b: Identifier) -> Bool {
        a.high == b.high && a.low == b.low
    }

    /// Both kinds of id have at least 54 well-mixed low bits, so one half is enough for a table.
    @inlinable
    public func hash(into hasher: inout Hasher) {
        hasher.combine(low)
    }
}

extension Identifier: CustomStringConvertible, LosslessStringConvertible {
    /// The 36 bytes of the canonical text form (RFC 9562, section 4), lower case.
    public func writeText(_ byte: (UInt8) -> Void) {
        for position in 0..<16 {
            if position == 4 || position == 6 || position == 8 || position == 10 { byte(UInt8(ascii: "-")) }
            let half = position < 8 ? high : low
            let octet = UInt8(truncatingIfNeeded: half >> (56 - 8 * UInt64(position & 7)))
            byte(Self.hexDigit(octet >> 4))
            byte(Self.hexDigit(octet & 15))
        }
    }

    public var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(36)
        writeText { bytes.append($0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads the canonical text form, in either case; anything else is nil.
    public init?(_ text: some StringProtocol) {
        var halves: (UInt64, UInt64) = (0, 0)
        var digits = 0
        var position = 0
        for byte in text.utf8 {
            defer { position += 1 }
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let value = Self.hexValue(byte), digits < 32 else { return nil }
            if digits < 16 { halves.0 = halves.0 << 4 | value } else { halves.1 = halves.1 << 4 | value }
            digits += 1
        }
        guard position == 36, digits == 32 else { return nil }
        self.init(high: halves.0, low: halves.1)
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private static func hexValue(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
