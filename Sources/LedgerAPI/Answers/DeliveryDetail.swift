internal import LedgerStore

/// What the answer to one delivery tells beside the delivery.
struct DeliveryDetail {
    let webhook: Webhook
    /// Without secrets.
    let body: [UInt8]
    /// The latest first.
    let attempts: [DeliveryAttempt]
}
