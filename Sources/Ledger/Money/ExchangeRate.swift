/// What one unit of a price file's currency is worth in the organisation's currency, as an exact decimal.
public struct ExchangeRate: Hashable, Sendable {
    /// In nano-units: 1,000,000 units of the organisation's currency.
    public static let maximumNanos: Int64 = 1_000_000_000_000_000
    /// The file is in the organisation's currency.
    public static let one = ExchangeRate(trusted: 1_000_000_000)

    /// Nano-units (1e-9): 1 … `maximumNanos`.
    public let nanos: Int64

    private init(trusted nanos: Int64) { self.nanos = nanos }

    /// Nil outside of 1 … `maximumNanos`.
    public init?(nanos: Int64) {
        guard (1...Self.maximumNanos).contains(nanos) else { return nil }
        self.nanos = nanos
    }

    /// Reads `0.92`, `1`, `156.25`: digits without leading zeros, at most nine after the point, above 0 and at most
    /// 1,000,000. Nil for anything else.
    public init?(_ text: some StringProtocol) {
        guard let nanos = ExactDecimal(text)?.scaled(to: 9) else { return nil }
        self.init(nanos: nanos)
    }

    /// A price in the organisation's currency, exact; nil where it has more digits than an `ExactDecimal` holds.
    public func converted(_ price: ExactDecimal) -> ExactDecimal? {
        price.multiplied(by: ExactDecimal(digits: UInt128(nanos), exponent: -9))
    }
}

extension ExchangeRate: CustomStringConvertible {
    public var description: String { ExactDecimal.text(nanos, scale: 9) }
}
