internal import Charts
internal import Ledger

/// The envelopes of the policy by their owners, how full each is and when it runs out.
enum EnvelopesPage {
    private static let pageSize = 100

    static func add(to site: inout Site) {
        site.page("/envelopes", show)
    }

    struct Content: Sendable {
        struct Row: Sendable {
            let name: String
            let path: String
            let what: String
            let window: String
            let gauge: String?
            let used: String?
            let limit: AmountText?
            let held: AmountText?
            let spent: AmountText?
            let forecast: AmountText?
            let isForecastOver: Bool
            let balances: String?
            let plan: [String]
            let isFrozen: Bool
            let isShadow: Bool
            let isOver: Bool
            let willRunOut: Bool
            let runsOut: TimeText?
        }

        struct Owner: Sendable {
            let owner: String
            let rows: [Row]
        }

        let owners: [Owner]
        let isEmpty: Bool
        /// Whether amounts are shown; only finance and operators may read the report.
        let hasAmounts: Bool
        let more: String?
    }

    private static func show(_ visit: Visit) async throws -> View {
        let query: [(String, String?)] = [("limit", "\(pageSize)"), ("after", visit.query["after"])]
        let envelopes: Listing<Envelopes.Envelope> = try await visit.get(["v1", "envelopes"], query)
        let report: Listing<Reports.Fullness>? = try await visit.getIfAllowed(["v1", "reports", "envelopes"], query)
        let fullness = Dictionary((report?.data ?? []).map { ($0.envelope, $0) }) { first, _ in first }
        let rows = envelopes.data.map { (owner: $0.owner ?? "", row: row(visit, $0, fullness[$0.name])) }
        // Those without an owner last.
        let owners = Dictionary(grouping: rows) { $0.owner }.sorted { ($0.key.isEmpty ? 1 : 0, $0.key) < ($1.key.isEmpty ? 1 : 0, $1.key) }
        let content = Content(
            owners: owners.map { Content.Owner(owner: $0.key.isEmpty ? "Nobody owns these" : $0.key, rows: $0.value.map(\.row)) },
            isEmpty: rows.isEmpty, hasAmounts: report != nil, more: envelopes.next.map { Paths.with(Paths.envelopes, [("after", $0)]) })
        return View("Envelopes", entry: Paths.envelopes, template: "envelopes", content: content)
    }

    private static func row(_ visit: Visit, _ envelope: Envelopes.Envelope, _ report: Reports.Fullness?) -> Content.Row {
        let used = report.flatMap { PercentText.text($0.usedPercent) }
        // An envelope of single calls has no balances.
        let limit = envelope.limit == nil ? envelope.perCall : envelope.limit
        let hasBalances = report.map { $0.balances > 0 } ?? false
        return Content.Row(
            name: envelope.name, path: Paths.envelope(envelope.name), what: what(envelope), window: PlanText.window(envelope.window),
            gauge: hasBalances ? report.flatMap { gauge($0, envelope.plan)?.svg } : nil, used: hasBalances ? used : nil,
            limit: visit.amount(hasBalances ? report?.limit : limit), held: hasBalances ? visit.amount(report?.held) : nil,
            spent: hasBalances ? visit.amount(report?.spent) : nil, forecast: hasBalances ? visit.amount(report?.forecast) : nil,
            isForecastOver: report.map { ($0.forecast?.value ?? 0) > $0.limit.value } ?? false,
            balances: report.flatMap { $0.balances > 1 ? "\($0.balances)\($0.partial ? "+" : "")" : nil },
            plan: envelope.plan.map { PlanText.step($0) },
            isFrozen: envelope.frozen != nil, isShadow: envelope.mode == "shadow", isOver: report.map { $0.exhausted > 0 } ?? false,
            willRunOut: report.map { $0.exhausted == 0 && $0.willBeExhausted > 0 } ?? false,
            runsOut: report.flatMap { $0.exhausted == 0 ? visit.text($0.fullest.compactMap(\.exhaustedAt).min()) : nil })
    }

    static func gauge(_ report: Reports.Fullness, _ plan: [Envelopes.Step]) -> EnvelopeGauge? {
        let used = PercentText.text(report.usedPercent) ?? "–"
        return EnvelopeGauge(
            limit: report.limit, spent: report.spent, held: report.held, forecast: report.forecast, plan: plan, text: "\(used) of the limit is used")
    }

    /// `cost by agent_id`
    static func what(_ envelope: Envelopes.Envelope) -> String {
        let meter = PlanText.meter(envelope.meter)
        guard envelope.limit != nil else { return "\(meter) of a single call" }
        return envelope.per.isEmpty ? meter : "\(meter) by \(envelope.per.joined(separator: ", "))"
    }
}
