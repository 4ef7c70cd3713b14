/// Lets some calls lack some tags for a time.
public struct TagException: Hashable, Sendable {
    /// The calls that it is for: all of these must hold. Tags only, each once, since nothing else of a call is known here.
    public let match: [Envelope.Condition]
    /// The tags that those calls may lack.
    public let missing: [String]
    /// The first moment at which it holds no more.
    public let expires: Timestamp
    /// Why it was granted.
    public let reason: String

    public init(match: [Envelope.Condition], missing: [String], expires: Timestamp, reason: String) {
        self.match = match
        self.missing = missing
        self.expires = expires
        self.reason = reason
    }

    /// Whether it has not expired.
    public func holds(at now: Timestamp) -> Bool { now < expires }

    func excuses(_ name: String, in tags: Tags, at now: Timestamp) -> Bool {
        holds(at: now) && missing.contains(name)
            && match.allSatisfy { condition in tags.label(condition.label).map(condition.matcher.matches) ?? false }
    }
}
