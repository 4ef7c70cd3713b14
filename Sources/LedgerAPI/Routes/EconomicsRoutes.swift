internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `GET /v1/reports/unit-economics`: what a result of each workflow costs, and whether it is worth that.
struct EconomicsRoutes: Sendable {
    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/reports/unit-economics", report)
    }

    @Sendable private func report(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require(.finance, .approver, .operator)
        let query = try Query(request, known: ["from", "to", "workflow_name", "limit", "after"])
        let limit = try query.limit()
        let now = store.clock.now()
        let span = try DaySpan(query, now: now)
        let read = try await days(of: span, workflow: query["workflow_name"], caller)
        let policy = caller.state.policy
        var names = Set(read.days.keys).union(policy.workflows.map(\.name)).sorted()
            .filter { query["workflow_name"] ?? $0 == $0 && caller.key.boundTags["workflow_name"] ?? $0 == $0 }[...]
        if let after = query["after"] {
            guard let index = names.firstIndex(of: after) else { throw Problem.invalid("?after", "send the `next` of the page before") }
            names = names[(index + 1)...]
        }
        let page = names.prefix(limit)
        var reports: [WorkflowReport] = []
        for name in page {
            let workflow = policy.workflows.first { $0.name == name }
            let days = read.days[name] ?? []
            let changes = read.changes(of: name, from: span.start, bound: caller.key.boundTags)
            let report = Self.report(name, workflow, days: days, changes: changes, span: span, now: now)
            reports.append(try await advised(report, caller, now: now))
        }
        return Answer.json(capacity: 512 + reports.count * 4_096) { writer in
            writer.object { writer in
                writer.name("from")
                writer.time(span.start)
                writer.name("to")
                writer.time(span.end)
                writer.name("data")
                writer.array(reports) { $0.economics($1) }
                writer.name("next")
                writer.string(names.count > limit ? page.last : nil)
            }
        }
    }

    /// With as many days before, for the trend.
    private func days(of span: DaySpan, workflow: String?, _ caller: Caller) async throws -> WorkflowDays {
        var tags = caller.key.boundTags
        if let workflow, tags["workflow_name"] == nil { tags["workflow_name"] = workflow }
        do {
            return try await store.outcomes.days(
                from: span.start.adding(seconds: -span.days * WorkflowDay.seconds), count: 2 * span.days, bound: tags, of: caller.organisation.id)
        } catch ReportError.tooManyRows(let limit) {
            throw Problem.invalid(
                "?from", "the workflows, models and days are more than \(limit): ask for fewer days, or for one workflow with workflow_name")
        }
    }

    private static func report(
        _ name: String, _ workflow: Workflow?, days: [WorkflowDay], changes: [WorkflowChange.Mark], span: DaySpan, now: Timestamp
    ) -> WorkflowReport {
        let present = days.filter { $0.start >= span.start }
        let past = days.filter { $0.start < span.start }
        let seconds = max(0, (min(span.end, now).microseconds - span.start.microseconds) / 1_000_000)
        return WorkflowReport(
            name: name, workflow: workflow, now: UnitEconomics(sum(present), workflow: workflow, seconds: seconds),
            before: UnitEconomics(sum(past), workflow: workflow, seconds: span.days * WorkflowDay.seconds),
            changes: WorkflowChange.list(present, policy: changes, workflow: workflow), caps: [])
    }

    private static func sum(_ days: [WorkflowDay]) -> WorkflowSums {
        days.reduce(into: WorkflowSums()) { $0.add($1.sums) }
    }

    // MARK: - Caps

    /// The same with a word on each envelope that is the workflow's own.
    private func advised(_ report: WorkflowReport, _ caller: Caller, now: Timestamp) async throws -> WorkflowReport {
        guard let workflow = report.workflow else { return report }
        var caps: [(CapAdvice.Standing, CapAdvice)] = []
        for envelope in caller.state.policy.envelopes where envelope.isOwn(workflow.name) {
            guard let standing = try await standing(of: envelope, caller, now: now) else { continue }
            caps.append((standing, CapAdvice(standing, workflow: workflow, economics: report.now, before: report.before)))
        }
        return WorkflowReport(
            name: report.name, workflow: workflow, now: report.now, before: report.before, changes: report.changes, caps: caps)
    }

    private func standing(of envelope: Envelope, _ caller: Caller, now: Timestamp) async throws -> CapAdvice.Standing? {
        guard let limit = envelope.limit else { return nil }
        let balances = try await store.balances.list(
            envelope: envelope.name, policy: caller.state.policy, tags: Tags(), bound: caller.key.boundTags, allWindows: false, after: nil,
            limit: 1, of: caller.organisation.id)
        guard let view = balances.first(where: { !$0.identity.isGrant }) else {
            return CapAdvice.Standing(envelope: envelope.name, limit: limit, used: 0, elapsed: nil)
        }
        return CapAdvice.Standing(
            envelope: envelope.name, limit: view.limit, used: view.limit - view.remaining, elapsed: view.identity.window.elapsed(at: now))
    }
}

extension Envelope {
    /// Whether it limits the cost of one workflow as a whole.
    fileprivate func isOwn(_ workflow: String) -> Bool {
        meter == .cost && per.isEmpty && mode == .enforce
            && match.contains { $0.label == "workflow_name" && $0.matcher == .exact(workflow) }
    }
}

extension Window {
    /// How much of it is over, in thousandths; nil without an end.
    fileprivate func elapsed(at now: Timestamp) -> Int64? {
        guard let start, let end, end > start else { return nil }
        let past = Int128(min(max(now, start), end).microseconds - start.microseconds)
        return Int64(past * 1_000 / Int128(end.microseconds - start.microseconds))
    }
}
