/// A change of one balance's limit, as it was booked.
public struct RecordedAdjustment: Sendable {
    public let id: Identifier
    public let at: Timestamp
    public let balance: Identifier
    public let adjustment: Adjustment

    public init(id: Identifier, at: Timestamp, balance: Identifier, adjustment: Adjustment) {
        self.id = id
        self.at = at
        self.balance = balance
        self.adjustment = adjustment
    }
}
