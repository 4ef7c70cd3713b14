internal import Ledger

/// A run, step by step.
enum RunPage {
    struct Amounts: Decodable, Sendable {
        let cost: String
        let tokens: Int64
    }

    struct Run: Decodable, Sendable {
        struct Refusals: Decodable, Sendable {
            let recorded: Int64
            let byProblem: [String: Int64]
            let unrecordedOfAgents: Int64?
        }

        struct Suspended: Decodable, Sendable {
            let id: String
            let subject: Subject
            let rule: String?
            let reason: String
            let openedAt: Timestamp
            let open: Bool
        }

        struct Counter: Decodable, Sendable {
            let scope: String?
            let tool: String?
            let steps: Int64
            let cost: String
            let failedToolAnswers: Int64
            let sameState: Int64
            let toolCalls: Int64?
            let withinSeconds: Int64?
            let probationStepsLeft: Int64?
        }

        struct Verdict: Decodable, Sendable {
            let kind: String
            let name: String
        }

        struct Step: Decodable, Sendable {
            let number: Int64
            let kind: String
            let id: String
            let state: String
            let step: Int64?
            let stepName: String?
            let at: Timestamp
            let decision: String?
            let reason: String?
            let requestedModel: String?
            let model: String?
            let tool: String?
            let held: Amounts?
            let charged: Amounts?
            let lateCharge: Amounts?
            let status: String?
            let latencyMs: Int64?
            let routeReason: String?
            let stateHash: String?
            let releaseReason: String?
            let problem: String?
            let verdicts: [Verdict]
            let totals: Amounts
        }

        let runId: String
        let state: String
        let tags: [String: String]
        let firstAt: Timestamp
        let lastAt: Timestamp
        let cost: String
        let tokens: Int64
        let modelCalls: Int64
        let toolCalls: Int64
        let held: Amounts
        let admitted: Int64
        let openHolds: Int64
        let refused: Refusals
        let suspensions: [Suspended]
        let counters: [Counter]
        let steps: [Step]
        let next: String?
    }

    // MARK: - What the page shows

    struct Content: Sendable {
        struct Step: Sendable {
            let number: String
            let at: TimeText
            let calls: String
            let asked: String?
            let stepName: String?
            let state: StateText
            let held: AmountText?
            let charged: AmountText?
            let tokens: String?
            let total: AmountText
            let latency: String?
            let notes: [String]
        }

        struct Suspended: Sendable {
            let path: String
            let subject: String
            let why: String
            let at: TimeText
            let state: StateText
        }

        struct Counter: Sendable {
            let what: String
            let steps: String
            let cost: AmountText
            let failures: String
            let sameState: String
            let toolCalls: String?
            let probation: String?
        }

        let run: String
        let runState: StateText
        let agentPath: String?
        let agent: String?
        let tags: [TagText]
        let firstAt: TimeText
        let lastAt: TimeText
        let cost: AmountText
        let held: AmountText
        let tokenCount: String
        let callCount: String
        let refusedCount: String
        let refusals: [TagText]
        let unrecorded: String?
        let hasSuspensions: Bool
        let suspensions: [Suspended]
        let hasCounters: Bool
        let counters: [Counter]
        let steps: [Step]
        let more: String?
        let isFirstPage: Bool
        let suspend: SuspendForm?
    }

    static func show(_ visit: Visit) async throws -> View {
        let cursor = visit.query["after"]
        let run: Run = try await visit.get(["v1", "runs", visit.parameter("run_id")], [("after", cursor)])
        let path = Paths.run(run.runId)
        let content = Content(
            run: run.runId, runState: state(of: run), agentPath: run.tags["agent_id"].map(Paths.agent), agent: run.tags["agent_id"],
            tags: TagText.list(run.tags), firstAt: visit.text(run.firstAt), lastAt: visit.text(run.lastAt), cost: visit.money(run.cost),
            held: visit.money(run.held.cost), tokenCount: AmountText(count: run.tokens).text,
            callCount: AmountText(count: run.modelCalls + run.toolCalls).text, refusedCount: AmountText(count: run.refused.recorded).text,
            refusals: run.refused.byProblem.sorted { $0.key < $1.key }.map { TagText(name: $0.key, value: "\($0.value)") },
            unrecorded: run.refused.unrecordedOfAgents.flatMap { $0 > 0 ? AmountText(count: $0).text : nil },
            hasSuspensions: !run.suspensions.isEmpty,
            suspensions: run.suspensions.map { suspended in
                Content.Suspended(
                    path: Paths.breaker(suspended.id), subject: "\(suspended.subject.type) \(suspended.subject.id)",
                    why: suspended.rule.map { "\($0): \(suspended.reason)" } ?? suspended.reason, at: visit.text(suspended.openedAt),
                    state: suspended.open ? StateText("Suspended", "bad") : StateText("Lifted", "good"))
            }, hasCounters: !run.counters.isEmpty, counters: run.counters.map { counter(visit, $0) }, steps: run.steps.map { step(visit, $0) },
            more: Paths.next(path, run.next), isFirstPage: cursor == nil,
            suspend: run.state == "suspended" ? nil : SuspendForm.offered(to: visit.visitor, type: "run", id: run.runId))
        return View(
            "Run \(run.runId)", entry: Paths.runs, crumbs: [View.Crumb("Runs", Paths.runs)], template: "run", content: content,
            canRefresh: cursor == nil)
    }

    private static func state(of run: Run) -> StateText {
        switch run.state {
        case "suspended": StateText("Suspended", "bad")
        case "open": StateText("Running", "good")
        default: StateText("Idle")
        }
    }

    private static func step(_ visit: Visit, _ step: Run.Step) -> Content.Step {
        let state =
            switch step.state {
            case "held": StateText("Held", "warn")
            case "committed": StateText(step.status == "error" ? "Failed" : "Committed", step.status == "error" ? "bad" : "good")
            case "charged": StateText("Charged", "good")
            case "refused": StateText("Refused", "bad")
            default: StateText(step.state.capitalised)
            }
        var notes: [String] = []
        if let problem = step.problem { notes.append(problem.replacing("-", with: " ").capitalised) }
        notes += step.verdicts.map { "\($0.kind) \($0.name)" }
        notes += [step.reason, step.routeReason, step.releaseReason].compactMap { $0 }
        if let late = step.lateCharge { notes.append("charged late: \(visit.money(late.cost).text)") }
        if let hash = step.stateHash { notes.append("state \(hash)") }
        return Content.Step(
            number: "\(step.number)", at: visit.text(step.at), calls: step.tool ?? step.model ?? step.requestedModel ?? "–",
            asked: step.requestedModel.flatMap { step.model == nil || $0 == step.model || step.tool != nil ? nil : $0 }, stepName: step.stepName,
            state: state,
            held: visit.money(step.held?.cost), charged: visit.money(step.charged?.cost),
            tokens: step.charged.map { AmountText(count: $0.tokens).text }, total: visit.money(step.totals.cost),
            latency: step.latencyMs.map { "\(AmountText(count: $0).text) ms" }, notes: notes)
    }

    private static func counter(_ visit: Visit, _ counter: Run.Counter) -> Content.Counter {
        Content.Counter(
            what: counter.tool.map { "tool \($0)" } ?? counter.scope ?? "all calls", steps: AmountText(count: counter.steps).text,
            cost: visit.money(counter.cost), failures: "\(counter.failedToolAnswers)", sameState: "\(counter.sameState)",
            toolCalls: counter.toolCalls.map { calls in "\(calls)" + (counter.withinSeconds.map { " in \($0) s" } ?? "") },
            probation: counter.probationStepsLeft.map { "\($0) steps left" })
    }
}
