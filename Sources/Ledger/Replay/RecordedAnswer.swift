/// What breakers read in the report of a call that was made.
public struct RecordedAnswer: Hashable, Sendable {
    /// Of a tool's answer: whether it was an error or empty; nil: nothing is known of it.
    public let isFailure: Bool?
    public let stateHash: String?

    public init(isFailure: Bool? = nil, stateHash: String? = nil) {
        self.isFailure = isFailure
        self.stateHash = stateHash
    }
}
