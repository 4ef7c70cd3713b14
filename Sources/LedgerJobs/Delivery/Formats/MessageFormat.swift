internal import Ledger
internal import LedgerStore

/// What is sent to an endpoint of a kind.
enum MessageFormat {
    /// The body of a message, without secrets.
    ///
    /// - Returns: nil where endpoints of this kind are not told of such an event.
    static func body(_ notice: Notice, for kind: WebhookKind) -> [UInt8]? {
        switch kind {
        case .standard: CloudEvent.encode(notice.entry, organisation: notice.organisation, data: notice.data)
        case .slack: SlackFormat.body(notice)
        case .pagerduty: PagerDutyFormat.body(notice)
        }
    }

    /// The bytes that go out: PagerDuty is told by a key inside the body which service is meant.
    static func sent(_ body: [UInt8], to endpoint: Endpoint) -> [UInt8] {
        guard endpoint.kind == .pagerduty, let key = endpoint.routingKey, body.first == UInt8(ascii: "{") else { return body }
        return PagerDutyFormat.adding(routingKey: key, to: body)
    }
}
