public import Ledger

/// The headers of a message: those of Standard Webhooks, whatever the format, so that a receiver knows a repetition.
public enum DeliveryHeaders {
    /// In the order in which they are sent.
    ///
    /// - Parameters:
    ///   - event: the id of the message.
    ///   - stamp: seconds since 1970, as in the signature.
    ///   - signature: one or several, separated by a blank.
    public static func fields(kind: WebhookKind, event: Identifier, stamp: Int64, signature: String) -> [(name: String, value: String)] {
        [
            ("content-type", kind == .standard ? "application/cloudevents+json" : "application/json"), ("user-agent", "purser"),
            ("webhook-id", event.description), ("webhook-timestamp", "\(stamp)"), ("webhook-signature", signature),
        ]
    }
}
