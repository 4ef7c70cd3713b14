/// How a hold ended, or the one charge that came after its end.
public struct Ending: Hashable, Sendable {
    public enum State: String, Sendable {
        case committed, released, expired
    }

    public let state: State
    /// Identifies the body of the commit that was booked; nil for a release or an expiry.
    public let fingerprint: Identifier?
    public let charged: Amounts
    public let settledAt: Timestamp

    public init(state: State, fingerprint: Identifier?, charged: Amounts, settledAt: Timestamp) {
        self.state = state
        self.fingerprint = fingerprint
        self.charged = charged
        self.settledAt = settledAt
    }
}
