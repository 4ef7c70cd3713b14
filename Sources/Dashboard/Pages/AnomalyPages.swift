internal import Ledger

/// Anomalies: spending that is unlike before, and what people say of it.
enum AnomalyPages {
    struct Anomaly: Decodable, Sendable {
        struct Step: Decodable, Sendable {
            let stepName: String?
            let model: String?
            let agentId: String?
            let cost: String
            let usualCost: String
        }

        let id: String
        let kind: String
        let state: String
        let at: Timestamp
        let message: String
        let key: [String: String]
        let agentId: String?
        let workflowName: String?
        let runId: String?
        let unit: String
        let baseline: String
        let observed: String
        let atStake: String
        let steps: [Step]
        let owner: String?
        let unreachable: Bool
        let playbook: String?
        let suspensionId: String?
        let closedAt: Timestamp?
        let closedBy: String?
        let outcome: String?
        let reason: String?
    }

    private struct Closure: Encodable, Sendable {
        let expected: Bool?
        let reason: String?
    }

    static func add(to site: inout Site) {
        site.page("/anomalies", list)
        site.page("/anomalies/{id}") { try await show($0) }
        site.action("/anomalies/{id}/close", close)
    }

    // MARK: - The list

    struct ListContent: Sendable {
        let tabs: [Tab]
        let isOpenList: Bool
        let isEmpty: Bool
        let table: Table
        let more: String?
    }

    /// For the template `anomaly-table`.
    struct Table: Sendable {
        struct Row: Sendable {
            let path: String
            let message: String
            let kind: String
            let agentPath: String?
            let agent: String?
            let workflow: String?
            let stake: AmountText
            let at: TimeText
            let state: StateText
        }

        let anomalies: [Row]
    }

    private static func list(_ visit: Visit) async throws -> View {
        let state = visit.query["state"]
        let found: Listing<Anomaly> = try await visit.get(["v1", "anomalies"], [("state", state ?? "open"), ("after", visit.query["after"])])
        let content = ListContent(
            tabs: Tab.list(Paths.anomalies, "state", [(nil, "Open"), ("closed", "Closed")], chosen: state), isOpenList: state == nil,
            isEmpty: found.data.isEmpty, table: Table(anomalies: found.data.map { row($0, visit) }),
            more: Paths.next(Paths.anomalies, found.next, [("state", state)]))
        return View("Anomalies", entry: Paths.anomalies, template: "anomalies", content: content)
    }

    /// The latest of an agent; nil where there are none, or where the visitor may not see them.
    static func latest(of agent: String, _ visit: Visit) async throws -> Table? {
        let found: Listing<Anomaly>? = try await visit.getIfAllowed(["v1", "anomalies"], [("agent_id", agent), ("limit", "10")])
        return found.flatMap { $0.data.isEmpty ? nil : Table(anomalies: $0.data.map { row($0, visit) }) }
    }

    private static func row(_ anomaly: Anomaly, _ visit: Visit) -> Table.Row {
        Table.Row(
            path: Paths.anomaly(anomaly.id), message: anomaly.message, kind: kind(anomaly), agentPath: anomaly.agentId.map(Paths.agent),
            agent: anomaly.agentId, workflow: anomaly.workflowName, stake: visit.money(anomaly.atStake), at: visit.text(anomaly.at),
            state: state(anomaly))
    }

    // MARK: - One

    struct Content: Sendable {
        struct Step: Sendable {
            let name: String
            let model: String?
            let agent: String?
            let cost: AmountText
            let usual: AmountText
        }

        struct Form: Sendable {
            let action: String
            let reason: FormField
            let isExpected: Bool
            let isUnexpected: Bool
            let fault: String?
        }

        let message: String
        let kind: String
        let state: StateText
        let at: TimeText
        let baseline: AmountText
        let observed: AmountText
        let stake: AmountText
        let agentPath: String?
        let agent: String?
        let workflow: String?
        let runPath: String?
        let run: String?
        let owner: String?
        let unreachable: Bool
        let playbook: String?
        let suspensionPath: String?
        let tags: [TagText]
        let hasSteps: Bool
        let steps: [Step]
        let closedAt: TimeText?
        let closedBy: String?
        let closeReason: String?
        let close: Form?
    }

    private static func show(_ visit: Visit, attempt: Attempt? = nil) async throws -> View {
        let anomaly: Anomaly = try await visit.get(["v1", "anomalies", visit.parameter("id")])
        let reason = FormField("reason", "Reason", in: "close", attempt: attempt, help: "It is kept in the history.", isRequired: true)
        let mayClose = anomaly.state == "open" && visit.visitor.isOneOf(.finance, .approver, .operator)
        let content = Content(
            message: anomaly.message, kind: kind(anomaly), state: state(anomaly), at: visit.text(anomaly.at),
            baseline: measure(anomaly.baseline, anomaly, visit), observed: measure(anomaly.observed, anomaly, visit),
            stake: visit.money(anomaly.atStake), agentPath: anomaly.agentId.map(Paths.agent), agent: anomaly.agentId,
            workflow: anomaly.workflowName, runPath: anomaly.runId.map(Paths.run), run: anomaly.runId, owner: anomaly.owner,
            unreachable: anomaly.unreachable, playbook: anomaly.playbook, suspensionPath: anomaly.suspensionId.map(Paths.breaker),
            tags: TagText.list(anomaly.key), hasSteps: !anomaly.steps.isEmpty,
            steps: anomaly.steps.map {
                Content.Step(
                    name: $0.stepName ?? "no step name", model: $0.model, agent: $0.agentId, cost: visit.money($0.cost),
                    usual: visit.money($0.usualCost))
            }, closedAt: visit.text(anomaly.closedAt), closedBy: anomaly.closedBy, closeReason: anomaly.reason,
            close: mayClose
                ? Content.Form(
                    action: Paths.anomaly(anomaly.id) + "/close", reason: reason, isExpected: attempt?.form["expected"] == "true",
                    isUnexpected: attempt?.form["expected"] == "false",
                    fault: attempt?.problem?.fault("expected") ?? attempt?.fault(besides: [reason])) : nil)
        return View(
            "Anomaly: \(kind(anomaly))", entry: Paths.anomalies, crumbs: [View.Crumb("Anomalies", Paths.anomalies)], template: "anomaly",
            content: content)
    }

    private static func close(_ visit: Visit) async throws -> Reply {
        let id = visit.parameter("id")
        let expected: Bool? = visit.form["expected"].map { $0 == "true" }
        return try await visit.send(
            to: Paths.anomaly(id), notice: "Closed.",
            {
                let _: Anything = try await visit.post(
                    ["v1", "anomalies", id, "close"], Closure(expected: expected, reason: visit.form["reason"]))
            }, orShow: { try await show(visit, attempt: $0) })
    }

    // MARK: - Parts

    private static func kind(_ anomaly: Anomaly) -> String { anomaly.kind.replacing("_", with: " ").capitalised }

    private static func state(_ anomaly: Anomaly) -> StateText {
        switch anomaly.outcome {
        case nil: StateText("Open", "warn")
        case "expected": StateText("Expected", "good")
        case "unexpected": StateText("Unexpected", "bad")
        default: StateText("Over")
        }
    }

    private static func measure(_ text: String, _ anomaly: Anomaly, _ visit: Visit) -> AmountText {
        switch anomaly.unit {
        case "cost": visit.money(text)
        default: AmountText(plain: text)
        }
    }
}
