/// How messages to an endpoint look.
public enum WebhookKind: String, CaseIterable, Sendable {
    /// CloudEvents, signed as Standard Webhooks says.
    case standard
    /// An incoming webhook of Slack, with Block Kit.
    case slack
    /// The Events API v2 of PagerDuty.
    case pagerduty

    /// The least time from one message to the next. Slack takes one message a second and drops webhooks that send more;
    /// PagerDuty takes 120 events a minute for each routing key; others get no more than 20 a second, which a small
    /// receiver survives, and the calls beside it, when many messages have waited for it.
    public var spacing: Duration {
        switch self {
        case .standard: .milliseconds(50)
        case .slack: .seconds(1)
        case .pagerduty: .milliseconds(500)
        }
    }

    /// A URL of such an endpoint as it may be shown: whoever knows that of a Slack webhook can write to its channel, so of
    /// the last part of its path only the last four characters are left.
    public func shown(_ url: String) -> String {
        guard self == .slack else { return url }
        let path = url.prefix { $0 != "?" }
        guard let end = path.lastIndex(where: { $0 != "/" }), let slash = path[...end].lastIndex(of: "/") else { return url }
        let secret = url[url.index(after: slash)...]
        return "\(url[...slash])…\(secret.count > 8 ? secret.suffix(4) : "")"
    }

    /// Where messages go unless the webhook says otherwise.
    public var defaultURL: String? { self == .pagerduty ? "https://events.pagerduty.com/v2/enqueue" : nil }
}
