internal import JSON
internal import Ledger
internal import LedgerStore

/// Webhooks and what was sent to them.
extension JSONWriter {
    /// - Parameters:
    ///   - secret: shown where it was just made.
    ///   - isWhole: the URL is shown as it is, also where it is a secret.
    mutating func webhook(_ webhook: Webhook, secret: WebhookSecret? = nil, isWhole: Bool = false) {
        object { writer in
            writer.name("id")
            writer.id(webhook.id)
            writer.name("name")
            writer.string(webhook.name)
            writer.name("url")
            writer.string(isWhole ? webhook.url : webhook.kind.shown(webhook.url))
            writer.name("kind")
            writer.string(webhook.kind.rawValue)
            writer.name("events")
            writer.array(webhook.events) { $0.string($1) }
            writer.name("routing_key")
            writer.string(webhook.routingKeyEnd.map { "…\($0)" })
            writer.name("state")
            writer.string(webhook.state.rawValue)
            writer.name("reason")
            writer.string(webhook.reason)
            writer.name("previous_secret_until")
            writer.time(webhook.previousSecretUntil)
            writer.name("created_at")
            writer.time(webhook.createdAt)
            writer.name("created_by")
            writer.string(webhook.createdBy)
            writer.name("changed_at")
            writer.time(webhook.changedAt)
            if let secret {
                writer.name("secret")
                writer.string(secret.text)
            }
        }
    }

    /// - Parameter detail: the request and the attempts; nil in lists.
    mutating func delivery(_ delivery: Delivery, _ detail: DeliveryDetail? = nil) {
        object { writer in
            writer.name("id")
            writer.id(delivery.id)
            writer.name("webhook_id")
            writer.id(delivery.webhook)
            writer.name("event_id")
            writer.id(delivery.event)
            writer.name("kind")
            writer.string(delivery.kind)
            writer.name("state")
            writer.string(delivery.state.rawValue)
            writer.name("attempt_count")
            writer.integer(delivery.attempts)
            writer.name("created_at")
            writer.time(delivery.createdAt)
            writer.name("next_attempt_at")
            writer.time(delivery.nextAttemptAt)
            writer.name("finished_at")
            writer.time(delivery.finishedAt)
            writer.name("last_status")
            writer.integer(delivery.lastStatus)
            writer.name("last_error")
            writer.string(delivery.lastError)
            guard let detail else { return }
            writer.name("request")
            writer.request(delivery, detail)
            writer.name("attempts")
            writer.array(detail.attempts) { $0.attempt($1, of: detail.webhook.kind) }
        }
    }

    /// The last request; before the first one, what will be sent.
    private mutating func request(_ delivery: Delivery, _ detail: DeliveryDetail) {
        let last = detail.attempts.first
        object { writer in
            writer.name("url")
            writer.string(detail.webhook.kind.shown(last?.url ?? detail.webhook.url))
            writer.name("headers")
            writer.object { writer in
                let fields = DeliveryHeaders.fields(
                    kind: detail.webhook.kind, event: delivery.event, stamp: last?.stamp ?? 0, signature: last?.signature ?? "")
                for field in fields where last != nil || !["webhook-timestamp", "webhook-signature"].contains(field.name) {
                    writer.name(field.name)
                    writer.string(field.value)
                }
            }
            writer.name("body")
            writer.string(String(decoding: detail.body, as: UTF8.self))
        }
    }

    private mutating func attempt(_ attempt: DeliveryAttempt, of kind: WebhookKind) {
        object { writer in
            writer.name("number")
            writer.integer(attempt.number)
            writer.name("at")
            writer.time(attempt.at)
            writer.name("url")
            writer.string(kind.shown(attempt.url))
            writer.name("status")
            writer.integer(attempt.status)
            writer.name("latency_ms")
            writer.integer(attempt.latencyMilliseconds)
            writer.name("answer")
            writer.string(attempt.answer)
            writer.name("error")
            writer.string(attempt.error)
        }
    }
}
