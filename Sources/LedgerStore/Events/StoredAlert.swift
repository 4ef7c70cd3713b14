public import Ledger

/// What an owner is told about one balance.
public struct StoredAlert: Sendable {
    public let id: Identifier
    public let envelope: String
    public let balance: Identifier?
    /// The balance's `per` values, as a JSON object.
    public let key: [UInt8]
    public let at: Timestamp
    /// The step that was reached, per cent of the limit; nil: a single call went above `per_call`.
    public let percent: Int64?
    public let owner: String?
    public let playbook: String?
    public let message: String
}
