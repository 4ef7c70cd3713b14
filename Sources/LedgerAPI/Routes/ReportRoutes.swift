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
    }

    @Sendable private func spend(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        let asked = try ReportQuery(request, also: ["group_by", "interval", "envelope"], now: store.clock.now())
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

extension JSONWriter {
    fileprivate mutating func row(_ row: SpendReport.Row, _ question: ReportQuestion, _ links: ReportLinks) {
        let range = question.period.buckets[row.bucket]
        object { writer in
            writer.group(question.groupBy, row.group)
            writer.name("start")
            writer.time(Timestamp(seconds: range.lowerBound))
            writer.name("end")
            writer.time(Timestamp(seconds: range.upperBound))
            writer.sums(row.sums)
            writer.name("held")
            writer.money(row.held)
            writer.previous(row.previousCost, now: row.sums.cost)
            writer.name("links")
            writer.object { writer in
                writer.name("reservations")
                writer.string(links.reservations(row.group))
                writer.name("runs")
                writer.string(links.runs(row.group, range))
            }
        }
    }
}
