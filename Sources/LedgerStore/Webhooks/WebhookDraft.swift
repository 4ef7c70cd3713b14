public import Ledger

/// A webhook that is to be made.
public struct WebhookDraft: Sendable {
    public var name: String?
    public var url: EndpointURL
    public var kind: WebhookKind
    public var events: [String]
    public var routingKey: String?

    public init(name: String?, url: EndpointURL, kind: WebhookKind, events: [String], routingKey: String?) {
        self.name = name
        self.url = url
        self.kind = kind
        self.events = events
        self.routingKey = routingKey
    }
}

/// What is to be changed of a webhook; nil: stays.
public struct WebhookChange: Sendable {
    /// Some nil: it loses its name.
    public var name: String??
    public var url: EndpointURL?
    public var events: [String]?
    public var routingKey: String?
    public var state: Webhook.State?

    public init() {}
}
