/// How a hold ended, or the one charge that came after its end.
public struct Ending: Hashable, Sendable {
    public enum State: String, Sendable {
        case committed, released, expired
    }

    /// The kind of fact that it is in the history of a balance.
    public enum Kind: String, Sendable {
        case commit, release, expire, late
    }

    public let state: State
    /// Whether this is the one charge that came after the end.
    public let isLate: Bool
    /// Identifies the body of the commit that was booked; nil for a release or an expiry.
    public let fingerprint: Identifier?
    public let charged: Amounts
    public let settledAt: Timestamp

    public var kind: Kind {
        guard !isLate else { return .late }
        return switch state {
        case .committed: .commit
        case .released: .release
        case .expired: .expire
        }
    }

    public init(state: State, isLate: Bool = false, fingerprint: Identifier?, charged: Amounts, settledAt: Timestamp) {
        self.state = state
        self.isLate = isLate
        self.fingerprint = fingerprint
        self.charged = charged
        self.settledAt = settledAt
    }
}
