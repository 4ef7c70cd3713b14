/// An amount of the organisation's currency in nano-units (1e-9), exact. On the wire it is a string in major units.
public struct Money: Hashable, Comparable, Sendable {
    public var nanos: Int64

    @inlinable
    public init(nanos: Int64) { self.nanos = nanos }

    public static let zero = Money(nanos: 0)

    /// Reads `0.18`, `25`, `9223372036.854775807`: digits without leading zeros, at most nine after the point, no sign,
    /// no exponent. Nil for anything else, an amount that is too large among it.
    public init?(_ text: some StringProtocol) {
        guard let nanos = ExactDecimal(text)?.scaled(to: 9) else { return nil }
        self.nanos = nanos
    }

    @inlinable
    public static func < (a: Money, b: Money) -> Bool { a.nanos < b.nanos }
}

extension Money: CustomStringConvertible {
    /// Major units with as many decimals as the amount needs: `0.004215`, `25`, `-0.5`.
    public func writeText(_ byte: (UInt8) -> Void) {
        ExactDecimal.write(nanos, scale: 9, byte)
    }

    public var description: String { ExactDecimal.text(nanos, scale: 9) }
}
