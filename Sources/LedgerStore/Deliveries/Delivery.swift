public import Ledger

/// One event for one webhook, as it stands.
public struct Delivery: Sendable {
    public enum State: String, CaseIterable, Sendable {
        /// Waits in the queue of its webhook.
        case pending
        case delivered
        /// Given up; can be replayed.
        case dead
    }

    public let id: Identifier
    public let webhook: Identifier
    /// The id of the message, whoever gets it and however often.
    public let event: Identifier
    /// `Event.Kind`, or `webhook.test`.
    public let kind: String
    /// Counts the deliveries of the webhook.
    public let number: Int64
    public let state: State
    /// Requests so far.
    public let attempts: Int64
    public let createdAt: Timestamp
    /// Nil unless it is pending.
    public let nextAttemptAt: Timestamp?
    public let finishedAt: Timestamp?
    /// Of the last answer.
    public let lastStatus: Int64?
    public let lastError: String?

    /// The kind of the message that a test sends; no event has it.
    public static let testKind = "webhook.test"

    /// The id of the delivery of an event to a webhook.
    public static func id(webhook: Identifier, event: Identifier) -> Identifier {
        var bytes = CanonicalBytes()
        bytes.append("delivery")
        bytes.append(webhook)
        bytes.append(event)
        return Digest.identifier(bytes.bytes)
    }
}
