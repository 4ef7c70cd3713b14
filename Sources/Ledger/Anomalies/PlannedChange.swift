/// A time in which more use is expected: nothing that it covers is an anomaly, and trips a breaker that goes by a baseline.
public struct PlannedChange: Hashable, Sendable {
    public let from: Timestamp
    /// The first moment after it.
    public let to: Timestamp
    /// Empty: everything. Only tags that are known of the subject can match.
    public let match: [Condition]
    public let reason: String

    public init(from: Timestamp, to: Timestamp, match: [Condition], reason: String) {
        self.from = from
        self.to = to
        self.match = match
        self.reason = reason
    }

    func covers(_ tags: Tags, at time: Timestamp) -> Bool {
        from <= time && time < to && match.allSatisfy { condition in tags[condition.label].map(condition.matcher.matches) ?? false }
    }
}
