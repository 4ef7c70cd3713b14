public import Ledger

/// A balance as an answer shows it: what it is, and how it stood after the fact.
public struct BalanceView: Sendable {
    public let identity: BalanceIdentity
    public let limit: Int64
    public let held: Int64
    public let spent: Int64
    /// Nil where the envelope is enforced.
    public let shadow: Shadow?

    public init(identity: BalanceIdentity, limit: Int64, held: Int64, spent: Int64, shadow: Shadow? = nil) {
        self.identity = identity
        self.limit = limit
        self.held = held
        self.spent = spent
        self.shadow = shadow
    }

    init(identity: BalanceIdentity, entry: Entry, shadow: Shadow? = nil) {
        self.init(identity: identity, limit: entry.limit, held: entry.held, spent: entry.spent, shadow: shadow)
    }
}
