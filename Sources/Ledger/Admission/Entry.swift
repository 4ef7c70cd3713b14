/// What a fact did to one balance, and the balance after it. Facts carry their entries, so that every balance has a
/// history without gaps and can be computed again.
public struct Entry: Hashable, Sendable {
    public let balance: Identifier
    public let heldChange: Int64
    public let spentChange: Int64
    public let version: Int64
    public let held: Int64
    public let spent: Int64
    public let limit: Int64
    /// The fact that made the version before.
    public let previous: Identifier

    public init(
        balance: Identifier, heldChange: Int64, spentChange: Int64, version: Int64, held: Int64, spent: Int64,
        limit: Int64, previous: Identifier
    ) {
        self.balance = balance
        self.heldChange = heldChange
        self.spentChange = spentChange
        self.version = version
        self.held = held
        self.spent = spent
        self.limit = limit
        self.previous = previous
    }
}
