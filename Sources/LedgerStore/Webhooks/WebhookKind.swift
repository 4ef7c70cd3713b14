/// How messages to an endpoint look.
public enum WebhookKind: String, CaseIterable, Sendable {
    /// CloudEvents, signed as Standard Webhooks says.
    case standard
    /// An incoming webhook of Slack, with Block Kit.
    case slack
    /// The Events API v2 of PagerDuty.
    case pagerduty

    /// The least time from one message to the next. Slack takes one message a second and drops webhooks that send more;
    /// PagerDuty takes 120 events a minute for each routing key; others get no more than 50 a second, which a small
    /// receiver survives when many messages have waited for it.
    public var spacing: Duration {
        switch self {
        case .standard: .milliseconds(20)
        case .slack: .seconds(1)
        case .pagerduty: .milliseconds(500)
        }
    }

    /// Where messages go unless the webhook says otherwise.
    public var defaultURL: String? { self == .pagerduty ? "https://events.pagerduty.com/v2/enqueue" : nil }
}
