public import Ledger

/// A suspension that somebody asks for.
public struct SuspensionDraft: Sendable {
    public let subject: Subject
    public let reason: String
    /// What found the cause; nil: a person asks.
    public let rule: String?
    public let author: String
    /// By which a repeated request is recognised; nil: it is not.
    public let idempotency: IdempotencyKey?

    public init(subject: Subject, reason: String, rule: String? = nil, author: String, idempotency: IdempotencyKey? = nil) {
        self.subject = subject
        self.reason = reason
        self.rule = rule
        self.author = author
        self.idempotency = idempotency
    }
}
