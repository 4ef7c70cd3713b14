/// A balance that the record names.
public struct StartingBalance: Sendable {
    public let identity: BalanceIdentity
    /// As it stood when the replayed period began; nil: it had no fact by then.
    public let balance: Balance?

    public init(identity: BalanceIdentity, balance: Balance?) {
        self.identity = identity
        self.balance = balance
    }
}
