internal import Ledger

/// The inbox: what people are asked, and their answers.
enum ApprovalPages {
    struct Approval: Decodable, Sendable {
        let id: String
        let state: String
        let envelope: String
        let key: [String: String]
        let meter: String
        let runId: String?
        let requested: Amount
        let model: String?
        let tool: String?
        let tags: [String: String]
        let reason: String
        let requestedAt: Timestamp
        let amount: Amount?
        let expiresAt: Timestamp?
        let decisionReason: String?
        let decidedAt: Timestamp?
        let decidedBy: String?
    }

    private struct Decision: Encodable, Sendable {
        var amount: Amount?
        var expiresInSeconds: Int64?
        var reason: String?
    }

    static func add(to site: inout Site) {
        site.page("/approvals", list)
        site.page("/approvals/{id}") { visit in try await show(visit) }
        site.action("/approvals/{id}/approve") { try await decide($0, approves: true) }
        site.action("/approvals/{id}/reject") { try await decide($0, approves: false) }
    }

    // MARK: - The list

    struct ListContent: Sendable {
        struct Row: Sendable {
            let path: String
            let asks: String
            /// Of the run; nil where the agent itself asks.
            let agent: String?
            let workflow: String?
            let calls: String?
            let requested: AmountText
            /// Nil for money.
            let unit: String?
            let envelope: String
            let reason: String
            let askedAt: TimeText
            let until: TimeText?
            let state: StateText
            let decidedBy: String?
        }

        let tabs: [Tab]
        let isPending: Bool
        let isEmpty: Bool
        let rows: [Row]
        let more: String?
    }

    private static let states: [(String?, String)] = [
        (nil, "Pending"), ("approved", "Approved"), ("rejected", "Rejected"), ("expired", "Expired"),
    ]

    private static func list(_ visit: Visit) async throws -> View {
        let state = visit.query["state"]
        let found: Listing<Approval> = try await visit.get(
            ["v1", "approvals"], [("state", state ?? "pending"), ("after", visit.query["after"])])
        let content = ListContent(
            tabs: Tab.list(Paths.approvals, "state", states, chosen: state), isPending: state == nil, isEmpty: found.data.isEmpty,
            rows: found.data.map { approval in
                ListContent.Row(
                    path: Paths.approval(approval.id), asks: asker(approval),
                    agent: approval.runId == nil ? nil : approval.tags["agent_id"], workflow: approval.tags["workflow_name"],
                    calls: approval.model ?? approval.tool, requested: visit.amount(approval.requested), unit: noun(approval),
                    envelope: approval.envelope, reason: why(visit, approval), askedAt: visit.text(approval.requestedAt),
                    until: visit.text(approval.expiresAt), state: self.state(approval), decidedBy: approval.decidedBy)
            }, more: Paths.next(Paths.approvals, found.next, [("state", state)]))
        return View("Approvals", entry: Paths.approvals, template: "approvals", content: content)
    }

    // MARK: - One

    struct Content: Sendable {
        struct Form: Sendable {
            let action: String
            let fields: [FormField]
            let fault: String?
        }

        let asks: String
        let agentPath: String?
        let agent: String?
        let runPath: String?
        let run: String?
        let envelope: String
        let envelopePath: String
        let requested: AmountText
        let calls: String?
        let unit: String?
        let reason: String
        let askedAt: TimeText
        let until: TimeText?
        let state: StateText
        let isPending: Bool
        let tags: [TagText]
        let granted: AmountText?
        let decisionReason: String?
        let decidedAt: TimeText?
        let decidedBy: String?
        let approve: Form?
        let reject: Form?
    }

    private static let lengths: [(value: String, title: String)] = [
        ("900", "15 minutes"), ("3600", "1 hour"), ("14400", "4 hours"), ("86400", "1 day"), ("604800", "7 days"),
    ]

    private static func show(_ visit: Visit, approving: Attempt? = nil, rejecting: Attempt? = nil) async throws -> View {
        let approval: Approval = try await visit.get(["v1", "approvals", visit.parameter("id")])
        let path = Paths.approval(approval.id)
        let mayDecide = approval.state == "pending" && visit.visitor.isOneOf(.approver)
        let approve = [
            FormField(
                "amount", "Amount in \(unit(approval) ?? visit.visitor.currency)", in: "approve", attempt: approving,
                value: approval.requested.plain, help: bounds(visit, approval), isRequired: true),
            FormField("expires_in_seconds", "For", in: "approve", attempt: approving, value: "3600", choices: lengths),
            FormField("reason", "Reason", in: "approve", attempt: approving, help: "It is kept in the history.", isRequired: true),
        ]
        let reject = [FormField("reason", "Reason", in: "reject", attempt: rejecting, help: "It is kept in the history.", isRequired: true)]
        let content = Content(
            asks: asker(approval), agentPath: approval.tags["agent_id"].map(Paths.agent), agent: approval.tags["agent_id"],
            runPath: approval.runId.map(Paths.run), run: approval.runId, envelope: approval.envelope,
            envelopePath: Paths.envelope(approval.envelope), requested: visit.amount(approval.requested), calls: approval.model ?? approval.tool,
            unit: noun(approval), reason: why(visit, approval), askedAt: visit.text(approval.requestedAt), until: visit.text(approval.expiresAt),
            state: state(approval),
            isPending: approval.state == "pending", tags: TagText.list(approval.tags), granted: visit.amount(approval.amount),
            decisionReason: approval.decisionReason, decidedAt: visit.text(approval.decidedAt), decidedBy: approval.decidedBy,
            approve: mayDecide ? Content.Form(action: path + "/approve", fields: approve, fault: approving?.fault(besides: approve)) : nil,
            reject: mayDecide ? Content.Form(action: path + "/reject", fields: reject, fault: rejecting?.fault(besides: reject)) : nil)
        return View(
            "Approval for \(asker(approval))", entry: Paths.approvals, crumbs: [View.Crumb("Approvals", Paths.approvals)], template: "approval",
            content: content)
    }

    private static func decide(_ visit: Visit, approves: Bool) async throws -> Reply {
        let id = visit.parameter("id")
        let approval: Approval = try await visit.get(["v1", "approvals", id])
        var decision = Decision(reason: visit.form["reason"])
        if approves {
            decision.amount = visit.form["amount"].map { Amount($0, isMoney: approval.meter == "cost") }
            decision.expiresInSeconds = visit.form["expires_in_seconds"].flatMap { Int64($0) }
        }
        return try await visit.send(
            to: Paths.approvals, notice: "\(approves ? "Approved" : "Rejected"): \(asker(approval)).",
            { [decision] in
                let _: Anything = try await visit.post(["v1", "approvals", id, approves ? "approve" : "reject"], decision)
            }, orShow: { try await approves ? show(visit, approving: $0) : show(visit, rejecting: $0) })
    }

    // MARK: - Parts

    /// What the amount may be.
    private static func bounds(_ visit: Visit, _ approval: Approval) -> String {
        let asked = [visit.amount(approval.requested).text, noun(approval)].compactMap { $0 }.joined(separator: " ")
        let bounds = "The call asks for \(asked); less makes it ask again."
        guard approval.meter == "cost", let limit = visit.visitor.approveUpTo else { return bounds }
        return bounds + " Your key grants up to \(visit.money(limit).text) to one run."
    }

    /// What is counted; nil for money, whose text has its currency.
    private static func unit(_ approval: Approval) -> String? { approval.meter == "cost" ? nil : PlanText.meter(approval.meter) }

    /// `1 model call`, `2 model calls`
    private static func noun(_ approval: Approval) -> String? {
        unit(approval).map { $0.hasSuffix("s") && approval.requested == .count(1) ? String($0.dropLast()) : $0 }
    }

    private static func why(_ visit: Visit, _ approval: Approval) -> String {
        SentenceText.question(approval.reason) { visit.amount(Amount($0, isMoney: approval.meter == "cost")).text }
    }

    private static func asker(_ approval: Approval) -> String {
        approval.runId.map { "run \($0)" } ?? approval.tags["agent_id"].map { "agent \($0)" } ?? approval.envelope
    }

    private static func state(_ approval: Approval) -> StateText {
        switch approval.state {
        case "pending": StateText("Pending", "warn")
        case "approved": StateText("Approved", "good")
        case "rejected": StateText("Rejected", "bad")
        default: StateText("Expired")
        }
    }
}
