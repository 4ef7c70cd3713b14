internal import Ledger
internal import LedgerStore
internal import Logging

/// Turns events into the messages of those who are to hear of them.
struct QueueFilling: Sendable {
    let store: Store
    let logger: Logger

    /// Goes through every feed to its end. An organisation that fails does not keep the others waiting.
    func fill() async throws {
        for organisation in try await store.deliveryFilling.behind() {
            do {
                while let stretch = try await store.deliveryFilling.next(of: organisation) {
                    let isMine = try await store.deliveryFilling.fill(stretch, with: try await items(of: stretch))
                    if isMine, !stretch.isMore { break }
                }
            } catch {
                if Task.isCancelled { throw error }
                logger.error(
                    "events of an organisation could not be given to its webhooks", metadata: ["org_id": "\(organisation)", "error": "\(error)"])
            }
        }
    }

    private func items(of stretch: DeliveryFilling.Stretch) async throws -> [DeliveryFilling.Item] {
        var items: [DeliveryFilling.Item] = []
        for entry in stretch.entries {
            guard let kind = Event.Kind(rawValue: entry.kind) else { continue }
            let owner = Notice(entry, organisation: stretch.organisation.name, currency: stretch.organisation.currency).owner
            let listeners = stretch.audience.listeners(to: kind, envelope: entry.envelope, owner: owner)
            guard !listeners.isEmpty else { continue }
            let notice = try await notice(of: entry, kind, organisation: stretch.organisation)
            var bodies: [WebhookKind: [UInt8]?] = [:]
            for listener in listeners {
                guard let format = stretch.kinds[listener] else { continue }
                let body = bodies[format] ?? MessageFormat.body(notice, for: format)
                bodies[format] = .some(body)
                if let body { items.append(DeliveryFilling.Item(webhook: listener, event: entry.event, kind: entry.kind, body: body)) }
            }
        }
        return items
    }

    private func notice(of entry: FeedEntry, _ kind: Event.Kind, organisation: Organisation) async throws -> Notice {
        var details: [UInt8]?
        if kind == .alert {
            do {
                details = try await store.alerts.detail(of: entry.event, organisation: organisation.id)
            } catch let error as StoreError where error.code == .corrupt || error.code == .rejected {
                // An alert that cannot be measured is told all the same.
                logger.error("an alert cannot be measured", metadata: ["org_id": "\(organisation.id)", "error": "\(error)"])
            }
        }
        return Notice(entry, details: details, organisation: organisation.name, currency: organisation.currency)
    }
}
