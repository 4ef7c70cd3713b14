/// What one fact did to the use of a balance, and on whose account.
public struct UseChange: Hashable, Sendable {
    public let at: Timestamp
    /// Of held and spent together, in the meter's unit; what a commit gives back is negative.
    public let amount: Int64
    /// Nil: an adjustment, or a call that says nothing of who made it.
    public let spender: Subject?

    public init(at: Timestamp, amount: Int64, spender: Subject?) {
        self.at = at
        self.amount = amount
        self.spender = spender
    }
}
