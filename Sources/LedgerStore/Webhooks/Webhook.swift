public import Ledger

/// An endpoint that is told of events. Its secrets are not in here.
public struct Webhook: Sendable {
    public enum State: String, CaseIterable, Sendable {
        case active
        /// Is sent nothing, and misses what happens meanwhile.
        case disabled
    }

    public let id: Identifier
    /// By which contacts of the policy name it; unique in the organisation.
    public let name: String?
    public let url: String
    public let kind: WebhookKind
    /// Patterns, see `EventSelection`.
    public let events: [String]
    /// The last four characters of the key that tells PagerDuty which service is meant.
    public let routingKeyEnd: String?
    public let state: State
    /// Why it is disabled.
    public let reason: String?
    /// Until when messages are signed with the secret before as well.
    public let previousSecretUntil: Timestamp?
    public let createdAt: Timestamp
    public let createdBy: String
    public let changedAt: Timestamp
    /// A deleted webhook is only found by those that were sent to it.
    public let deletedAt: Timestamp?

    /// The most webhooks of an organisation.
    public static let maximumCount = 100
    /// The length of a routing key of PagerDuty, in characters.
    public static let routingKeyLength = 32
    /// How long the secret before stays valid after a rotation, in seconds.
    public static let rotationSeconds: Int64 = 86_400
}
