/// What a person was asked: may this run spend beyond an envelope? A fact, never changed.
public struct ApprovalQuestion: Sendable {
    /// A question that nobody answers ends after a day, or with the window if that is sooner.
    public static let lifeSeconds: Int64 = 86_400
    /// After half of its life somebody is reminded.
    public static let reminderSeconds: Int64 = 43_200

    public let id: Identifier
    /// Run (else agent, else nobody), envelope, key and window.
    public let scope: Identifier
    public let envelope: String
    /// The balance whose plan asks.
    public let balance: Identifier
    public let meter: Meter
    public let names: [String]
    public let values: [String]
    /// That of the balance.
    public let window: Window
    /// The tags of the call that asked.
    public let tags: Tags
    /// The API key that the call came with.
    public let key: Identifier
    /// What the call asked for, in the meter's unit.
    public let requested: Int64
    public let expiresAt: Timestamp

    public init(
        id: Identifier, scope: Identifier, envelope: String, balance: Identifier, meter: Meter, names: [String], values: [String],
        window: Window, tags: Tags, key: Identifier, requested: Int64, expiresAt: Timestamp
    ) {
        self.id = id
        self.scope = scope
        self.envelope = envelope
        self.balance = balance
        self.meter = meter
        self.names = names
        self.values = values
        self.window = window
        self.tags = tags
        self.key = key
        self.requested = requested
        self.expiresAt = expiresAt
    }

    /// What the balance whose plan asks is the balance of.
    public var gated: BalanceIdentity {
        BalanceIdentity(id: balance, envelope: envelope, meter: meter, rule: "", names: names, values: values, window: window)
    }

    /// Whom a grant would serve: the run, without one the agent, else whoever has the key.
    public var beneficiary: Tags.Tag? {
        tags.entries.first { $0.name == "run_id" } ?? tags.entries.first { $0.name == "agent_id" }
    }

    /// When a question ends that is asked now.
    public static func end(of window: Window, asked now: Timestamp) -> Timestamp {
        let end = now.adding(seconds: lifeSeconds)
        return window.end.map { min($0, end) } ?? end
    }
}
