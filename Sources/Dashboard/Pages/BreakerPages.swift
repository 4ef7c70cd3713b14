internal import Ledger

/// Circuit breakers: who is stopped, who was, and the forms that stop and let go.
enum BreakerPages {
    struct Suspension: Decodable, Sendable {
        let id: String
        let state: String
        let subject: Subject
        let reason: String
        let rule: String?
        let openedAt: Timestamp
        let openedBy: String
        let liftedAt: Timestamp?
        let liftedBy: String?
        let liftReason: String?
        let allowSteps: Int64?
        let releasedHolds: Int64
    }

    private struct Lift: Encodable, Sendable {
        let reason: String?
        let allowSteps: Int64?
    }

    private struct Opening: Encodable, Sendable {
        let subject: Subject
        let reason: String?
    }

    static func add(to site: inout Site) {
        site.page("/breakers") { try await list($0) }
        site.page("/breakers/{id}") { try await show($0) }
        site.action("/breakers/suspend", suspend)
        site.action("/breakers/{id}/lift", lift)
    }

    // MARK: - The list

    struct ListContent: Sendable {
        struct Row: Sendable {
            let path: String
            let kind: String
            let subject: String
            let rule: String?
            let reason: String
            let openedAt: TimeText
            let openedBy: String
            let liftedAt: TimeText?
            let liftedBy: String?
            let holds: String
        }

        struct Form: Sendable {
            let fields: [FormField]
            let fault: String?
            let isOpen: Bool
        }

        let tabs: [Tab]
        let isOpenList: Bool
        let isEmpty: Bool
        let rows: [Row]
        let more: String?
        let suspend: Form?
    }

    private static let kinds = ["agent", "run", "session", "user", "workflow", "key"]

    private static func list(_ visit: Visit, attempt: Attempt? = nil) async throws -> View {
        let state = visit.query["state"]
        let found: Listing<Suspension> = try await visit.get(
            ["v1", "suspensions"], [("state", state ?? "open"), ("after", visit.query["after"])])
        let fields = [
            FormField("subject_type", "Who", in: "suspend", attempt: attempt, value: "agent", choices: kinds.map { ($0, $0.capitalised) }),
            FormField("subject_id", "Id", in: "suspend", attempt: attempt, isRequired: true),
            FormField("reason", "Reason", in: "suspend", attempt: attempt, help: SuspendForm.reasonHelp, isRequired: true),
        ]
        let fault = attempt?.problem?.fault("subject/id") ?? attempt?.problem?.fault("subject/type") ?? attempt?.fault(besides: fields)
        let content = ListContent(
            tabs: Tab.list(Paths.breakers, "state", [(nil, "Open"), ("lifted", "Lifted")], chosen: state), isOpenList: state == nil,
            isEmpty: found.data.isEmpty,
            rows: found.data.map { suspension in
                ListContent.Row(
                    path: Paths.breaker(suspension.id), kind: suspension.subject.type, subject: suspension.subject.id, rule: suspension.rule,
                    reason: suspension.reason, openedAt: visit.text(suspension.openedAt), openedBy: suspension.openedBy,
                    liftedAt: visit.text(suspension.liftedAt), liftedBy: suspension.liftedBy, holds: "\(suspension.releasedHolds)")
            }, more: Paths.next(Paths.breakers, found.next, [("state", state)]),
            suspend: visit.visitor.isOneOf(.operator) ? ListContent.Form(fields: fields, fault: fault, isOpen: attempt != nil) : nil)
        return View("Breakers", entry: Paths.breakers, template: "breakers", content: content)
    }

    private static func suspend(_ visit: Visit) async throws -> Reply {
        let subject = Subject(type: visit.form["subject_type"] ?? "", id: visit.form["subject_id"] ?? "")
        return try await visit.send(
            to: Paths.breakers, notice: "Suspended: \(subject.type) \(subject.id).",
            {
                let _: Suspension = try await visit.post(["v1", "suspensions"], Opening(subject: subject, reason: visit.form["reason"]))
            }, orShow: { try await list(visit, attempt: $0) })
    }

    // MARK: - One

    struct Content: Sendable {
        struct Form: Sendable {
            let action: String
            let fields: [FormField]
            let fault: String?
        }

        let kind: String
        let subject: String
        let subjectPath: String?
        let isOpen: Bool
        let state: StateText
        let rule: String?
        let reason: String
        let openedAt: TimeText
        let openedBy: String
        let holds: String
        let liftedAt: TimeText?
        let liftedBy: String?
        let liftReason: String?
        let allowSteps: String?
        let lift: Form?
    }

    private static func show(_ visit: Visit, attempt: Attempt? = nil) async throws -> View {
        let suspension: Suspension = try await visit.get(["v1", "suspensions", visit.parameter("id")])
        let isOpen = suspension.state == "open"
        let fields = [
            FormField("reason", "Reason", in: "lift", attempt: attempt, help: "It is kept in the history.", isRequired: true),
            FormField(
                "allow_steps", "Steps on probation", in: "lift", attempt: attempt,
                help: "Empty: it is let go for good. A number: so many calls, then the breaker judges again."),
        ]
        let content = Content(
            kind: suspension.subject.type, subject: suspension.subject.id, subjectPath: path(of: suspension.subject), isOpen: isOpen,
            state: isOpen ? StateText("Suspended", "bad") : StateText("Lifted", "good"), rule: suspension.rule, reason: suspension.reason,
            openedAt: visit.text(suspension.openedAt), openedBy: suspension.openedBy, holds: "\(suspension.releasedHolds)",
            liftedAt: visit.text(suspension.liftedAt), liftedBy: suspension.liftedBy, liftReason: suspension.liftReason,
            allowSteps: suspension.allowSteps.map { "\($0)" },
            lift: isOpen && visit.visitor.isOneOf(.operator)
                ? Content.Form(action: Paths.breaker(suspension.id) + "/lift", fields: fields, fault: attempt?.fault(besides: fields)) : nil)
        return View(
            "\(suspension.subject.type.capitalised) \(suspension.subject.id)", entry: Paths.breakers,
            crumbs: [View.Crumb("Breakers", Paths.breakers)], template: "breaker", content: content)
    }

    private static func lift(_ visit: Visit) async throws -> Reply {
        let id = visit.parameter("id")
        let steps = visit.form["allow_steps"]
        if let steps, Int64(steps) == nil {
            let problem = InterfaceProblem(
                type: "/problems/invalid-request", title: "Invalid request", status: 422, detail: "Steps are a whole number.",
                errors: [.init(pointer: "/allow_steps", detail: "write a whole number from 1 to 1,000, or nothing")])
            return .show(try await show(visit, attempt: Attempt(visit.form, problem)), status: 422)
        }
        return try await visit.send(
            to: Paths.breaker(id), notice: "Lifted.",
            {
                let _: Suspension = try await visit.post(
                    ["v1", "suspensions", id, "lift"], Lift(reason: visit.form["reason"], allowSteps: steps.flatMap { Int64($0) }))
            }, orShow: { try await show(visit, attempt: $0) })
    }

    /// The page of whoever is suspended, where there is one.
    static func path(of subject: Subject) -> String? {
        switch subject.type {
        case "agent": Paths.agent(subject.id)
        case "run": Paths.run(subject.id)
        default: nil
        }
    }
}

extension String {
    /// With its first letter large.
    var capitalised: String { prefix(1).uppercased() + dropFirst() }
}
