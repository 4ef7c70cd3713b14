/// Numbers as W3C trace headers write them.
enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    /// 16 lower-case digits.
    static func text(_ value: UInt64) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        for shift in stride(from: 60, through: 0, by: -4) { bytes.append(digits[Int((value >> UInt64(shift)) & 15)]) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Lower-case digits, 16 at most; nil where there is anything else.
    static func value(_ text: some Sequence<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for byte in text {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return value
    }
}
