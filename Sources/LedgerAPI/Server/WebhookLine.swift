public import Ledger
public import LedgerStore

/// What the interface asks of whoever sends to webhooks.
public struct WebhookLine: Sendable {
    /// Whether plain http and addresses that are not on the public internet are taken.
    public let allowsPrivate: Bool
    /// What is wrong with the addresses that a URL's host leads to now; nil: nothing.
    public let fault: @Sendable (EndpointURL) async -> EndpointURL.Fault?
    /// Sends a test message to a webhook and answers its delivery; nil: there is no such webhook.
    public let test: @Sendable (Identifier, Organisation) async throws -> Identifier?

    public init(
        allowsPrivate: Bool, fault: @escaping @Sendable (EndpointURL) async -> EndpointURL.Fault?,
        test: @escaping @Sendable (Identifier, Organisation) async throws -> Identifier?
    ) {
        self.allowsPrivate = allowsPrivate
        self.fault = fault
        self.test = test
    }
}
