public import Ledger

/// A change of one balance's limit, as the fact keeps it.
public struct StoredAdjustment: Sendable {
    public let id: Identifier
    public let identity: BalanceIdentity
    /// In the meter's unit.
    public let amount: Int64
    /// The balance after it.
    public let limit: Int64
    public let held: Int64
    public let spent: Int64
    public let reason: String
    public let author: String
    public let madeAt: Timestamp
    public let expiresAt: Timestamp?
}
