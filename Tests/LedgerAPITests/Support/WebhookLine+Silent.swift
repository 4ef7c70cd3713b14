@testable import LedgerAPI

extension WebhookLine {
    /// Sends nothing, and finds nothing wrong.
    static let silent = WebhookLine(allowsPrivate: false, fault: { _ in nil }, test: { _, _ in nil })
}
