/// A charge that no hold preceded, as it was booked.
public struct RecordedCharge: Sendable {
    public let id: Identifier
    public let at: Timestamp
    public let tags: Tags
    public let model: String?
    public let tool: String?
    public let charged: Amounts
    /// The id of the API key; nil: it is not known.
    public let key: Identifier?
    public let answer: RecordedAnswer

    public init(
        id: Identifier, at: Timestamp, tags: Tags, model: String?, tool: String?, charged: Amounts, key: Identifier? = nil,
        answer: RecordedAnswer = RecordedAnswer()
    ) {
        self.id = id
        self.at = at
        self.tags = tags
        self.model = model
        self.tool = tool
        self.charged = charged
        self.key = key
        self.answer = answer
    }
}
