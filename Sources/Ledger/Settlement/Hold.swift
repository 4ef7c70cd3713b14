/// A hold as it was opened; a fact, never changed.
public struct Hold: Sendable {
    public struct Share: Sendable {
        public let balance: Identifier
        public let meter: Meter
        public let amount: Int64

        public init(balance: Identifier, meter: Meter, amount: Int64) {
            self.balance = balance
            self.meter = meter
            self.amount = amount
        }
    }

    /// A hold lives at most this long, however often it is extended: 24 h.
    public static let maximumLifeSeconds: Int64 = 86_400

    public let id: Identifier
    public let openedAt: Timestamp
    public let amounts: Amounts
    public let shares: [Share]

    public init(id: Identifier, openedAt: Timestamp, amounts: Amounts, shares: [Share]) {
        self.id = id
        self.openedAt = openedAt
        self.amounts = amounts
        self.shares = shares
    }
}
