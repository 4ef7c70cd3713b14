public import Ledger

/// A webhook as whoever sends to it needs it, with its secrets.
public struct Endpoint: Sendable {
    public let id: Identifier
    public let url: String
    public let kind: WebhookKind
    /// With which messages are signed at this moment: the present secret, and during a rotation the one before.
    public let secrets: [WebhookSecret]
    public let routingKey: String?
}

/// The head of a queue, ready to be sent.
public struct PendingDelivery: Sendable {
    public let id: Identifier
    public let event: Identifier
    public let kind: String
    /// Requests so far.
    public let attempts: Int64
    /// How often it failed since it was put into the queue.
    public let failures: Int64
    /// JSON, without secrets.
    public let body: [UInt8]
}

/// The right of one replica to send to one endpoint, for `DeliveryQueue.claimSeconds`.
public struct QueueClaim: Sendable {
    public let organisation: Identifier
    public let webhook: Identifier
    /// A new one each time that a queue is taken over.
    public let holder: Identifier

    public init(organisation: Identifier, webhook: Identifier, holder: Identifier) {
        self.organisation = organisation
        self.webhook = webhook
        self.holder = holder
    }
}

/// What a queue holds for whoever has claimed it.
public enum QueueHead: Sendable {
    /// Send this now; the claim was renewed.
    case due(PendingDelivery, Endpoint)
    /// Nothing is due.
    case idle
    /// Another replica has the queue.
    case taken
}
