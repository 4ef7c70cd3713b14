internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `/v1/reports`: who spent what, from the sums of usage.
struct ReportRoutes: Sendable {
    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/reports/spend", spend)
        table.add(.get, "/v1/reports/trends", trends)
        table.add(.get, "/v1/reports/agents", agents)
        table.add(.get, "/v1/reports/tag-coverage", coverage)
        table.add(.get, "/v1/reports/tag-coverage/keys", coverageByKey)
        table.add(.get, "/v1/reports/envelopes", envelopes)
    }

    @Sendable private func spend(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        let asked = try ReportQuery(request, also: ["group_by", "interval", "envelope", "model", "tool"], now: store.clock.now())
        var filter = try asked.filter(caller.key)
        filter.envelope = asked.query["envelope"]
        let question = ReportQuestion(
            groupBy: try asked.dimensions("group_by", default: [.tag("team_id")]), filter: filter, period: try asked.period(asked.interval()))
        let report = try await answered { try await store.reports.spend(question, state: caller.state) }
        let page = asked.page(report.rows) { $0.id }
        let links = ReportLinks(dimensions: question.groupBy, filter: filter)
        return Answer.json(capacity: 1_024 + page.rows.count * 512) { writer in
            writer.object { writer in
                writer.name("data")
                writer.array(page.rows) { $0.row($1, question, links) }
                writer.name("next")
                writer.string(page.next)
                writer.name("interval")
                writer.string(question.period.interval.rawValue)
                writer.period(question.period, waiting: report.waiting, currency: caller.organisation.currency)
                writer.name("totals")
                writer.object { writer in
                    writer.sums(report.totals)
                    writer.name("held")
                    writer.money(report.held)
                    writer.previous(report.previousCost, now: report.totals.cost)
                }
                writer.name("forecast")
                writer.forecast(report.forecast)
            }
        }
    }

    private static let weekSeconds: Int64 = 7 * 86_400

    @Sendable private func trends(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        let asked = try ReportQuery(request, also: ["group_by", "model", "tool"], now: store.clock.now()) { end, _ in end - Self.weekSeconds }
        let question = ReportQuestion(
            groupBy: try asked.dimensions("group_by", default: [.tag("workflow_name")], allowsEnvelope: false),
            filter: try asked.filter(caller.key), period: try asked.period(.none))
        let report = try await answered { try await store.reports.trends(question, state: caller.state) }
        let page = asked.page(report.rows) { $0.id }
        return Answer.json(capacity: 1_024 + page.rows.count * 768) { writer in
            writer.object { writer in
                writer.name("data")
                writer.array(page.rows) { $0.trend($1, question.groupBy) }
                writer.name("next")
                writer.string(page.next)
                writer.period(question.period, waiting: report.waiting, currency: caller.organisation.currency)
                writer.name("totals")
                writer.object { writer in
                    writer.sums(report.totals)
                    writer.previous(report.before.cost, now: report.totals.cost)
                }
            }
        }
    }

    @Sendable private func agents(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        let asked = try ReportQuery(request, now: store.clock.now()) { end, _ in end - 86_400 }
        let period = try asked.period(.none)
        let filter = try asked.filter(caller.key)
        let report = try await answered { try await store.reports.agents(period, filter: filter, state: caller.state) }
        let page = asked.page(report.rows) { $0.id }
        return Answer.json(capacity: 1_024 + page.rows.count * 512) { writer in
            writer.object { writer in
                writer.name("data")
                writer.array(page.rows) { $0.agent($1, period.range) }
                writer.name("next")
                writer.string(page.next)
                writer.period(period, waiting: report.waiting, currency: caller.organisation.currency)
            }
        }
    }

    @Sendable private func coverage(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        let asked = try ReportQuery(request, now: store.clock.now()) { end, _ in end - Self.weekSeconds }
        let period = try asked.period(.none)
        let filter = try asked.filter(caller.key)
        let report = try await answered { try await store.reports.coverage(period, filter: filter, state: caller.state) }
        let page = asked.page(report.rows) { $0.id }
        return Answer.json { writer in
            writer.object { writer in
                writer.name("data")
                writer.array(page.rows) { $0.coverage($1) }
                writer.name("next")
                writer.string(page.next)
                writer.period(period, waiting: report.waiting, currency: caller.organisation.currency)
                writer.name("whole")
                writer.object { $0.share(report.whole) }
            }
        }
    }

    @Sendable private func coverageByKey(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        let asked = try ReportQuery(request, takesTags: false, now: store.clock.now()) { end, _ in end - Self.weekSeconds }
        let period = try asked.period(.none)
        let report: KeyCoverageReport
        do {
            report = try await store.reports.coverageByKey(period, bound: caller.key.boundTags, state: caller.state)
        } catch ReportError.tooManyRows(let limit) {
            throw Problem.invalid("?from", "the keys and the tags that their calls carried are more than \(limit): ask for a shorter time")
        }
        let page = asked.page(report.rows) { $0.key }
        return Answer.json(capacity: 1_024 + page.rows.count * 512) { writer in
            writer.object { writer in
                writer.name("data")
                writer.array(page.rows) { $0.coverage($1) }
                writer.name("next")
                writer.string(page.next)
                writer.period(period, waiting: report.waiting, currency: caller.organisation.currency)
                writer.name("counted_since")
                writer.time(report.since)
            }
        }
    }

    @Sendable private func envelopes(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        let query = try Query(request, known: ["envelope", "limit", "after"])
        let limit = try query.limit()
        var envelopes = caller.state.policy.envelopes[...]
        if let name = query["envelope"] {
            envelopes = envelopes.filter { $0.name == name }[...]
            guard !envelopes.isEmpty else { throw Problem(ReportError.unknownEnvelope(name)) }
        }
        if let after = query["after"] {
            guard let index = envelopes.firstIndex(where: { $0.name == after }) else {
                throw Problem.invalid("?after", "send the `next` of the page before")
            }
            envelopes = envelopes[(index + 1)...]
        }
        var reports: [EnvelopeReport] = []
        for envelope in envelopes.prefix(limit) {
            reports.append(try await store.reports.envelope(envelope, bound: caller.key.boundTags, state: caller.state))
        }
        return Answer.list(reports, next: envelopes.count > limit ? reports.last?.envelope.name : nil) { $0.envelopeReport($1) }
    }

    private func reader(_ request: Request) async throws -> Caller {
        let caller = try await authenticator.caller(request)
        try caller.require(.finance, .operator)
        return caller
    }

    private func answered<R>(_ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch let error as ReportError {
            throw Problem(error)
        }
    }
}
