internal import Charts
internal import Ledger

/// One envelope: its rule, its balances, how it burns, and what those who may can do to it.
enum EnvelopePage {
    private static let pageSize = 50

    static func add(to site: inout Site) {
        site.page("/envelopes/{name}") { try await view($0) }
    }

    struct Content: Sendable {
        struct Balance: Sendable {
            let key: String
            let path: String
            let gauge: String?
            let used: String?
            let limit: AmountText
            let held: AmountText
            let spent: AmountText
            let remaining: AmountText
            let until: TimeText?
        }

        struct Happening: Sendable {
            let at: TimeText
            let kind: String
            let words: String?
        }

        struct KeyField: Sendable {
            let tag: String
            let value: String
        }

        let what: String
        let owner: String?
        let channels: [String]
        let playbook: String?
        let matches: String?
        let window: String
        let version: String
        let versionPath: String
        let plan: [String]
        let isShadow: Bool
        let frozen: EnvelopeForms.FrozenText?
        let chart: String?
        let balances: [Balance]
        let hasBalances: Bool
        let showsPast: Bool
        let otherPath: String
        let keyFields: [KeyField]
        let hasKeys: Bool
        let happenings: [Happening]
        let hasHappenings: Bool
        let forms: EnvelopeForms.Content?
        let more: String?
    }

    // MARK: - Asking

    static func view(_ visit: Visit, _ sent: EnvelopeForms.Sent? = nil) async throws -> View {
        let name = visit.parameter("name")
        let told: Envelopes.Told = try await visit.get(["v1", "envelopes", name])
        let envelope = told.envelope
        let keyed = envelope.per.map { (tag: $0, value: visit.query["key." + $0] ?? "") }
        let past = visit.query["window"] == "all"
        let filter = keyed.compactMap { $0.value.isEmpty ? nil : ($0.tag, Optional($0.value)) }
        let balances: Listing<Envelopes.Balance> = try await visit.get(
            ["v1", "envelopes", name, "balances"],
            [("limit", "\(pageSize)"), ("after", visit.query["after"]), ("window", past ? "all" : nil)] + filter)
        let report: Listing<Reports.Fullness>? = try await visit.getIfAllowed(["v1", "reports", "envelopes"], [("envelope", name)])
        let own = keyed.map { ("key." + $0.tag, $0.value.isEmpty ? nil : Optional($0.value)) }
        let path = Paths.envelope(name)
        let content = Content(
            what: EnvelopesPage.what(envelope), owner: envelope.owner, channels: envelope.channels, playbook: link(envelope.playbook),
            matches: PlanText.match(envelope.match), window: PlanText.window(envelope.window), version: "\(envelope.policyVersion)",
            versionPath: Paths.version(envelope.policyVersion), plan: envelope.plan.map { PlanText.step($0) }, isShadow: envelope.mode == "shadow",
            frozen: envelope.frozen.map { .init(visit, $0) }, chart: try await chart(visit, envelope, report?.data.first, balances.data),
            balances: balances.data.map { balance(visit, $0, envelope) }, hasBalances: !balances.data.isEmpty, showsPast: past,
            otherPath: Paths.with(path, [("window", past ? nil : "all")] + own), keyFields: keyed.map { .init(tag: $0.tag, value: $0.value) },
            hasKeys: !keyed.isEmpty,
            happenings: told.recentEvents.map {
                .init(at: visit.text($0.at), kind: $0.kind.replacing(".", with: " "), words: $0.data.message ?? $0.data.reason)
            },
            hasHappenings: !told.recentEvents.isEmpty, forms: EnvelopeForms.content(visit, envelope, sent),
            more: balances.next.map { Paths.with(path, [("after", $0), ("window", past ? "all" : nil)] + own) })
        return View(
            name, entry: Paths.envelopes, crumbs: [.init("Envelopes", Paths.envelopes)], template: "envelope", content: content)
    }

    private static func balance(_ visit: Visit, _ balance: Envelopes.Balance, _ envelope: Envelopes.Envelope) -> Content.Balance {
        let used = PercentText.text(balance.usedPercent)
        let gauge = EnvelopeGauge(
            limit: balance.limit, spent: balance.spent, held: balance.held, forecast: nil, plan: envelope.plan,
            text: "\(used ?? "–") of the limit is used")
        return Content.Balance(
            key: PlanText.key(balance.key), path: Paths.balance(balance.id, of: envelope.name), gauge: gauge?.svg, used: used,
            limit: visit.amount(balance.limit), held: visit.amount(balance.held), spent: visit.amount(balance.spent),
            remaining: visit.amount(balance.remaining), until: visit.text(balance.window?.end))
    }

    /// Only what leads to a web page becomes a link.
    static func link(_ playbook: String?) -> String? { playbook.flatMap { $0.hasPrefix("https://") || $0.hasPrefix("http://") ? $0 : nil } }

    // MARK: - Burn

    /// Of an envelope of cost with a window of at least a day: what its calls cost since the window began.
    private static func chart(
        _ visit: Visit, _ envelope: Envelopes.Envelope, _ report: Reports.Fullness?, _ balances: [Envelopes.Balance]
    ) async throws -> String? {
        guard envelope.meter == "cost", let report, let every = envelope.window?.every, ["day", "week", "month"].contains(every),
            let window = report.fullest.compactMap({ $0.balance.window }).first, let start = window.start, let end = window.end,
            start.seconds % 3_600 == 0, start < visit.now
        else { return nil }
        let to = Timestamp(seconds: (visit.now.seconds / 3_600 + 1) * 3_600)
        let time: [(String, String?)] = [("from", start.description), ("to", to.description), ("time_zone", visit.reportZone.name), ("limit", "200")]
        let spend: Reports.Spend? = try await visit.getIfAllowed(
            ["v1", "reports", "spend"], [("group_by", ""), ("envelope", envelope.name), ("interval", every == "day" ? "hour" : "day")] + time)
        guard let spend else { return nil }
        let range = start.seconds..<max(end.seconds, start.seconds + 1)
        // The limits of many balances are none of the whole.
        let isOne = envelope.per.isEmpty
        var chart = SpendCharts(visit: visit).burn(spend, month: range, before: nil, marks: [], title: "Spent in this \(every)")
        chart.levels = isOne ? levels(visit, limit: report.limit, plan: envelope.plan) : []
        chart.forecast = report.forecast.map { ($0.value, "forecast \(visit.amount($0).text)") }
        chart.summary = "Spent so far: \(visit.amount(report.spent).text)."
        return chart.html
    }

    private static func levels(_ visit: Visit, limit: Amount, plan: [Envelopes.Step]) -> [BurnChart.Level] {
        [.init(limit.value, "limit \(visit.amount(limit).text)", isLimit: true)]
            + plan.compactMap { step in
                guard let at = step.at, at != 100 else { return nil }
                return .init(limit.value * at / 100, PlanText.step(step))
            }
    }
}
