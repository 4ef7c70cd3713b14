public import Ledger

/// A balance whose calls are downgraded now.
public struct DowngradedBalance: Sendable {
    public let balance: Identifier
    public let tier: String
    public let reason: String
    public let since: Timestamp
    /// When the window ends and the route is restored; nil: not by time.
    public let until: Timestamp?
}
