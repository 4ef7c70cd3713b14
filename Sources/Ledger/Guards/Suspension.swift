/// An open circuit breaker on one subject: every call that it covers is refused.
public struct Suspension: Sendable {
    public let id: Identifier
    public let subject: Subject
    /// The envelope or breaker that opened it; nil: a person did.
    public let rule: String?
    public let reason: String
    public let openedAt: Timestamp

    public init(id: Identifier, subject: Subject, rule: String?, reason: String, openedAt: Timestamp) {
        self.id = id
        self.subject = subject
        self.rule = rule
        self.reason = reason
        self.openedAt = openedAt
    }
}
