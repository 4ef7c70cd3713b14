internal import Ledger

/// Webhooks and what was sent to them.
enum WebhookPages {
    private struct Webhook: Decodable, Sendable {
        let id: String
        let name: String?
        let url: String
        let kind: String
        let events: [String]
        let state: String
        let reason: String?
    }

    private struct Delivery: Decodable, Sendable {
        let id: String
        let kind: String
        let state: String
        let attemptCount: Int64
        let createdAt: Timestamp
        let nextAttemptAt: Timestamp?
        let finishedAt: Timestamp?
        let lastStatus: Int64?
        let lastError: String?
    }

    static func add(to site: inout Site) {
        site.page("/webhooks", list)
        site.page("/webhooks/{id}", show)
    }

    struct ListContent: Sendable {
        struct Row: Sendable {
            let path: String
            let name: String
            let url: String
            let kind: String
            let events: String
            let state: StateText
            let reason: String?
        }

        let isEmpty: Bool
        let rows: [Row]
        let more: String?
    }

    private static func list(_ visit: Visit) async throws -> View {
        let found: Listing<Webhook> = try await visit.get(["v1", "webhooks"], [("after", visit.query["after"])])
        let content = ListContent(
            isEmpty: found.data.isEmpty,
            rows: found.data.map { hook in
                ListContent.Row(
                    path: Paths.webhook(hook.id), name: hook.name ?? hook.kind, url: hook.url, kind: hook.kind,
                    events: hook.events.joined(separator: ", "), state: state(hook), reason: hook.reason)
            }, more: Paths.next(Paths.webhooks, found.next))
        return View("Webhooks", entry: Paths.webhooks, template: "webhooks", content: content)
    }

    struct Content: Sendable {
        struct Row: Sendable {
            let kind: String
            let state: StateText
            let attempts: String
            let createdAt: TimeText
            let nextAt: TimeText?
            let lastStatus: String?
            let error: String?
        }

        let url: String
        let state: StateText
        let reason: String?
        let isEmpty: Bool
        let rows: [Row]
        let more: String?
    }

    private static func show(_ visit: Visit) async throws -> View {
        let id = visit.parameter("id")
        let hook: Webhook = try await visit.get(["v1", "webhooks", id])
        let found: Listing<Delivery> = try await visit.get(["v1", "webhooks", id, "deliveries"], [("after", visit.query["after"])])
        let content = Content(
            url: hook.url, state: state(hook), reason: hook.reason, isEmpty: found.data.isEmpty,
            rows: found.data.map { delivery in
                Content.Row(
                    kind: delivery.kind, state: state(delivery), attempts: "\(delivery.attemptCount)", createdAt: visit.text(delivery.createdAt),
                    nextAt: visit.text(delivery.nextAttemptAt), lastStatus: delivery.lastStatus.map { "\($0)" }, error: delivery.lastError)
            }, more: Paths.next(Paths.webhook(hook.id), found.next))
        return View(
            hook.name ?? "Webhook (\(hook.kind))", entry: Paths.webhooks, crumbs: [View.Crumb("Webhooks", Paths.webhooks)], template: "webhook",
            content: content)
    }

    private static func state(_ hook: Webhook) -> StateText {
        hook.state == "active" ? StateText("Active", "good") : StateText(hook.state.capitalised, "bad")
    }

    private static func state(_ delivery: Delivery) -> StateText {
        switch delivery.state {
        case "delivered": StateText("Delivered", "good")
        case "pending": StateText("Pending", "warn")
        default: StateText(delivery.state.capitalised, "bad")
        }
    }
}
