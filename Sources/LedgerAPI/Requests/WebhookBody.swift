internal import JSON
internal import Ledger
internal import LedgerStore

/// The body of `POST /v1/webhooks`, and that of `PATCH /v1/webhooks/{id}`.
struct WebhookBody {
    private enum Field: String, CaseIterable { case name, url, kind, events, routing_key }
    private enum ChangeField: String, CaseIterable { case name, url, events, routing_key, state }
    private static let fields = JSONFields<Field>()
    private static let changeFields = JSONFields<ChangeField>()
    /// The most patterns of a webhook.
    static let maximumEvents = 50

    /// Some nil: the name is to be taken away.
    private var name: String??
    private var url: String?
    private var kind = WebhookKind.standard
    private var events: [String]?
    private var routingKey: String?
    private var state: Webhook.State?

    static func creation(_ reader: inout JSONReader) throws(JSONError) -> WebhookBody {
        var body = WebhookBody()
        try reader.object(fields) { field, reader throws(JSONError) in
            switch field {
            case .name: body.name = .some(try reader.optional { reader throws(JSONError) in try reader.label(maximum: 64) })
            case .url: body.url = try reader.optional { reader throws(JSONError) in try reader.string() }
            case .kind: body.kind = try reader.choice(WebhookKind.self)
            case .events: body.events = try reader.optional { reader throws(JSONError) in try reader.patterns() }
            case .routing_key: body.routingKey = try reader.optional { reader throws(JSONError) in try reader.routingKey() }
            }
        }
        return body
    }

    static func change(_ reader: inout JSONReader) throws(JSONError) -> WebhookBody {
        var body = WebhookBody()
        try reader.object(changeFields) { field, reader throws(JSONError) in
            switch field {
            case .name: body.name = .some(try reader.optional { reader throws(JSONError) in try reader.label(maximum: 64) })
            case .url: body.url = try reader.string()
            case .events: body.events = try reader.patterns()
            case .routing_key: body.routingKey = try reader.routingKey()
            case .state: body.state = try reader.choice(Webhook.State.self)
            }
        }
        return body
    }

    func draft(allowsPrivate: Bool) throws -> WebhookDraft {
        guard let text = url ?? kind.defaultURL else { throw Problem.invalid("/url", "say where messages are to be sent: https://…") }
        switch (kind, routingKey) {
        case (.pagerduty, nil): throw Problem.invalid("/routing_key", "PagerDuty needs the routing key of the service that is to be told")
        case (.standard, .some), (.slack, .some): throw Problem.invalid("/routing_key", "only webhooks of the kind pagerduty have a routing key")
        default: break
        }
        return WebhookDraft(
            name: name ?? nil, url: try Self.url(text, allowsPrivate: allowsPrivate), kind: kind, events: events ?? ["*"], routingKey: routingKey)
    }

    func change(of webhook: Webhook, allowsPrivate: Bool) throws -> WebhookChange {
        guard routingKey == nil || webhook.kind == .pagerduty else {
            throw Problem.invalid("/routing_key", "only webhooks of the kind pagerduty have a routing key")
        }
        var change = WebhookChange()
        change.name = name
        change.url = try url.map { try Self.url($0, allowsPrivate: allowsPrivate) }
        change.events = events
        change.routingKey = routingKey
        change.state = state
        return change
    }

    private static func url(_ text: String, allowsPrivate: Bool) throws -> EndpointURL {
        do throws(EndpointURL.Fault) {
            return try EndpointURL(text, allowsPrivate: allowsPrivate)
        } catch {
            throw Problem.invalid("/url", error.detail)
        }
    }
}

extension JSONReader {
    fileprivate mutating func patterns() throws(JSONError) -> [String] {
        let start = offset
        var patterns: [String] = []
        try array { reader throws(JSONError) in
            let place = reader.offset
            let pattern = try reader.label(maximum: 64)
            do throws(EventSelection.UnknownPattern) {
                _ = try EventSelection(patterns: [pattern])
            } catch {
                throw JSONError(.unexpected, offset: place, detail: error.description)
            }
            guard patterns.count < WebhookBody.maximumEvents else {
                throw JSONError(.unexpected, offset: place, detail: "a webhook has at most \(WebhookBody.maximumEvents) of these")
            }
            if !patterns.contains(pattern) { patterns.append(pattern) }
        }
        guard !patterns.isEmpty else { throw JSONError(.unexpected, offset: start, detail: "name at least one kind of event, such as \"alert.*\"") }
        return patterns
    }

    fileprivate mutating func routingKey() throws(JSONError) -> String {
        let start = offset
        let key = try string()
        let isSound =
            key.utf8.count == Webhook.routingKeyLength
            && key.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) }
        guard isSound else { throw JSONError(.unexpected, offset: start, detail: "a routing key has \(Webhook.routingKeyLength) letters and digits") }
        return key
    }
}
