public import Ledger

/// What an owner is told about one balance, and what became of it.
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
    /// Nil: not measured yet.
    public let measurement: Measurement?
    public let acknowledgement: Acknowledgement?
    /// When what it told of was over.
    public let clearedAt: Timestamp?

    /// How its balance was used when the alert was measured; JSON values, see `AlertStore.detail`.
    public struct Measurement: Sendable {
        public let at: Timestamp
        public let burnRate: [UInt8]
        public let exhaustedAt: [UInt8]
        public let topSpenders: [UInt8]
    }

    /// That somebody has seen it.
    public struct Acknowledgement: Hashable, Sendable {
        public let at: Timestamp
        public let author: String
        public let note: String?

        public init(at: Timestamp, author: String, note: String?) {
            self.at = at
            self.author = author
            self.note = note
        }
    }
}
