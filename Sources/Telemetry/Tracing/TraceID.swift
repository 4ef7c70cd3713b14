/// Names a trace: 16 bytes, not all zero.
public struct TraceID: Hashable, Sendable, CustomStringConvertible {
    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    static func random() -> TraceID {
        TraceID(high: .random(in: 1 ... .max), low: .random(in: 1 ... .max))
    }

    var isValid: Bool { high != 0 || low != 0 }

    /// 32 lower-case hexadecimal digits.
    public var description: String { Hexadecimal.text(high) + Hexadecimal.text(low) }
}
