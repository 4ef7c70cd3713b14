/// The end of a hold, or its late charge, as it was booked.
public struct RecordedEnd: Sendable {
    /// What it changed of one balance.
    public struct Change: Sendable {
        public let balance: Identifier
        public let held: Int64
        public let spent: Int64

        public init(balance: Identifier, held: Int64, spent: Int64) {
            self.balance = balance
            self.held = held
            self.spent = spent
        }
    }

    public let hold: Identifier
    public let at: Timestamp
    public let state: Ending.State
    public let isLate: Bool
    public let charged: Amounts
    /// The tokens that were used; nil where none were stated.
    public let usage: TokenUsage?
    public let changes: [Change]
    public let answer: RecordedAnswer

    public init(
        hold: Identifier, at: Timestamp, state: Ending.State, isLate: Bool, charged: Amounts, usage: TokenUsage?, changes: [Change],
        answer: RecordedAnswer = RecordedAnswer()
    ) {
        self.hold = hold
        self.at = at
        self.state = state
        self.isLate = isLate
        self.charged = charged
        self.usage = usage
        self.changes = changes
        self.answer = answer
    }
}
