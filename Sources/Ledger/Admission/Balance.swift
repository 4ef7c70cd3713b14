/// The state of one balance: a projection of its facts.
public struct Balance: Hashable, Sendable {
    public let id: Identifier
    /// As of the last fact, in the meter's unit.
    public var limit: Int64
    public var held: Int64
    public var spent: Int64
    /// The number of facts so far.
    public var version: Int64
    /// The last of them; `Identifier.none` before the first.
    public var lastFact: Identifier
    public var changedAt: Timestamp
    public var marks: Marks

    public init(
        id: Identifier, limit: Int64, held: Int64 = 0, spent: Int64 = 0, version: Int64 = 0,
        lastFact: Identifier = .none, changedAt: Timestamp, marks: Marks = Marks()
    ) {
        self.id = id
        self.limit = limit
        self.held = held
        self.spent = spent
        self.version = version
        self.lastFact = lastFact
        self.changedAt = changedAt
        self.marks = marks
    }

    /// `held + spent`.
    public var used: Int128 { Int128(held) + Int128(spent) }
}
