public import Ledger

/// A change of one balance's limit by hand.
public struct AdjustRequest: Sendable {
    public var key: APIKey
    public var idempotency: IdempotencyKey
    public var envelope: String
    /// A value for each of the envelope's `per` tags.
    public var balanceKey: Tags
    /// In the meter's unit; negative takes away.
    public var amount: Int64
    public var reason: String
    public var author: String
    public var expiresAt: Timestamp?

    public init(
        key: APIKey, idempotency: IdempotencyKey, envelope: String, balanceKey: Tags, amount: Int64, reason: String, author: String,
        expiresAt: Timestamp?
    ) {
        self.key = key
        self.idempotency = idempotency
        self.envelope = envelope
        self.balanceKey = balanceKey
        self.amount = amount
        self.reason = reason
        self.author = author
        self.expiresAt = expiresAt
    }
}
