internal import Ledger

/// Alerts: what owners are told, and who has seen it.
enum AlertPages {
    struct Alert: Decodable, Sendable {
        struct Burn: Decodable, Sendable {
            let perHour: Amount
            let facts: Int64
        }

        struct Spender: Decodable, Sendable {
            let type: String
            let id: String
            let amount: Amount
            let sharePercent: Double
        }

        let id: String
        let kind: String
        let envelope: String
        let balanceId: String?
        let key: [String: String]
        let at: Timestamp
        let percent: Double?
        let owner: String?
        let channels: [String]
        let unreachable: Bool
        let message: String
        let playbook: String?
        let burnRate: Burn?
        let exhaustedAt: Timestamp?
        let topSpenders: [Spender]
        let acknowledgedAt: Timestamp?
        let acknowledgedBy: String?
        let note: String?
        let clearedAt: Timestamp?
    }

    private struct Note: Encodable, Sendable {
        let note: String?
    }

    static func add(to site: inout Site) {
        site.page("/alerts", list)
        site.page("/alerts/{id}") { try await show($0) }
        site.action("/alerts/{id}/acknowledge", acknowledge)
    }

    // MARK: - The list

    struct ListContent: Sendable {
        struct Row: Sendable {
            let path: String
            let message: String
            let envelope: String
            let envelopePath: String
            let tags: [TagText]
            let owner: String?
            let at: TimeText
            let state: StateText
        }

        let filters: [FormField]
        let isEmpty: Bool
        let rows: [Row]
        let more: String?
    }

    private static func list(_ visit: Visit) async throws -> View {
        let envelope = visit.query["envelope"]
        let found: Listing<Alert> = try await visit.get(["v1", "alerts"], [("envelope", envelope), ("after", visit.query["after"])])
        let content = ListContent(
            filters: [FormField("envelope", "Envelope", in: "filter", attempt: Attempt(visit.query))], isEmpty: found.data.isEmpty,
            rows: found.data.map { alert in
                ListContent.Row(
                    path: Paths.alert(alert.id), message: alert.message, envelope: alert.envelope, envelopePath: Paths.envelope(alert.envelope),
                    tags: TagText.list(alert.key), owner: alert.owner, at: visit.text(alert.at), state: state(alert))
            }, more: Paths.next(Paths.alerts, found.next, [("envelope", envelope)]))
        return View("Alerts", entry: Paths.alerts, template: "alerts", content: content)
    }

    // MARK: - One

    struct Content: Sendable {
        struct Spender: Sendable {
            let type: String
            let id: String
            let path: String?
            let amount: AmountText
            let share: String
        }

        struct Form: Sendable {
            let action: String
            let note: FormField
            let fault: String?
        }

        let message: String
        let envelope: String
        let envelopePath: String
        let percent: String?
        let tags: [TagText]
        let at: TimeText
        let state: StateText
        let owner: String?
        let unreachable: Bool
        let channelList: String?
        let playbook: String?
        let perHour: AmountText?
        let exhaustedAt: TimeText?
        let hasSpenders: Bool
        let spenders: [Spender]
        let acknowledgedAt: TimeText?
        let acknowledgedBy: String?
        let note: String?
        let clearedAt: TimeText?
        let acknowledge: Form?
    }

    private static func show(_ visit: Visit, attempt: Attempt? = nil) async throws -> View {
        let alert: Alert = try await visit.get(["v1", "alerts", visit.parameter("id")])
        let mayAcknowledge = alert.acknowledgedAt == nil && visit.visitor.isOneOf(.finance, .approver, .operator)
        let note = FormField("note", "Note", in: "acknowledge", attempt: attempt, help: "What you do about it; may be empty.")
        let content = Content(
            message: alert.message, envelope: alert.envelope, envelopePath: Paths.envelope(alert.envelope),
            percent: alert.percent.map { AmountText.percent($0) }, tags: TagText.list(alert.key), at: visit.text(alert.at), state: state(alert),
            owner: alert.owner, unreachable: alert.unreachable,
            channelList: alert.channels.isEmpty ? nil : alert.channels.joined(separator: ", "), playbook: alert.playbook,
            perHour: visit.amount(alert.burnRate?.perHour), exhaustedAt: visit.text(alert.exhaustedAt), hasSpenders: !alert.topSpenders.isEmpty,
            spenders: alert.topSpenders.map {
                Content.Spender(
                    type: $0.type, id: $0.id, path: BreakerPages.path(of: Subject(type: $0.type, id: $0.id)), amount: visit.amount($0.amount),
                    share: AmountText.percent($0.sharePercent))
            }, acknowledgedAt: visit.text(alert.acknowledgedAt), acknowledgedBy: alert.acknowledgedBy, note: alert.note,
            clearedAt: visit.text(alert.clearedAt),
            acknowledge: mayAcknowledge
                ? Content.Form(action: Paths.alert(alert.id) + "/acknowledge", note: note, fault: attempt?.fault(besides: [note])) : nil)
        return View(
            "Alert of \(alert.envelope)", entry: Paths.alerts, crumbs: [View.Crumb("Alerts", Paths.alerts)], template: "alert", content: content)
    }

    private static func acknowledge(_ visit: Visit) async throws -> Reply {
        let id = visit.parameter("id")
        return try await visit.send(
            to: Paths.alerts, notice: "Acknowledged.",
            {
                let _: Anything = try await visit.post(["v1", "alerts", id, "acknowledge"], Note(note: visit.form["note"]))
            }, orShow: { try await show(visit, attempt: $0) })
    }

    private static func state(_ alert: Alert) -> StateText {
        if alert.clearedAt != nil { return StateText("Over") }
        return alert.acknowledgedAt == nil ? StateText("New", "warn") : StateText("Seen", "good")
    }
}
