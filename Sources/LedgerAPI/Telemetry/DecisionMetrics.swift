internal import Ledger
internal import LedgerStore
internal import Telemetry

/// What was decided, and what it set off.
struct DecisionMetrics: Sendable {
    /// What a batch has most of, added up before it is counted.
    struct Sums {
        /// Admitted as they were asked for.
        var allowed: Int64 = 0
        var replayed: Int64 = 0
        fileprivate var settled: [(state: String, count: Int64)] = []

        mutating func note(_ hold: SettledHold, isDirect: Bool) {
            let state = isDirect ? "direct" : hold.late ? "late" : hold.state.rawValue
            if let position = settled.firstIndex(where: { $0.state == state }) {
                settled[position].count += 1
            } else {
                settled.append((state, 1))
            }
        }
    }

    private let decisions: MetricFamily<CounterSeries>
    private let refusals: MetricFamily<CounterSeries>
    private let settlements: MetricFamily<CounterSeries>
    private let replays: MetricFamily<CounterSeries>
    private let trips: MetricFamily<CounterSeries>
    private let events: MetricFamily<CounterSeries>

    init(_ registry: MetricRegistry) {
        decisions = registry.counter(
            "purser_decisions_total", "Calls decided, by decision and by the envelope that spoke first against them.",
            labels: [.open("org"), "decision", .open("envelope")])
        refusals = registry.counter(
            "purser_refusals_total", "Operations that were refused, by the problem that the caller was answered with.",
            labels: [.open("org"), "problem"])
        settlements = registry.counter(
            "purser_settlements_total", "How holds ended, late charges, and charges without a hold.", labels: [.open("org"), "state"])
        replays = registry.counter(
            "purser_replays_total", "Requests that were answered again from what they had done before.", labels: [.open("org")])
        trips = registry.counter(
            "purser_breaker_trips_total", "Suspensions opened and breakers tripped by a rule.", labels: [.open("org"), .open("rule")])
        events = registry.counter("purser_events_total", "Events that batches set off.", labels: [.open("org"), "kind"])
    }

    func note(_ sums: Sums, _ org: String) {
        if sums.allowed > 0 { decisions.series(org, "allow", "").add(sums.allowed) }
        if sums.replayed > 0 { replays.series(org).add(sums.replayed) }
        for (state, count) in sums.settled { settlements.series(org, state).add(count) }
    }

    /// A call that was admitted with another model than it asked for.
    func noteSwitched(_ hold: AdmittedHold, _ org: String) {
        decisions.series(org, hold.decision, Self.cause(of: hold.reason)).add()
    }

    func noteRefused(_ refusal: Refusal, isCall: Bool, _ org: String) {
        refusals.series(org, refusal.problem).add()
        guard isCall, case .objected(let objections) = refusal, let kind = objections.kind else { return }
        let envelope = objections.freezes.first?.envelope ?? objections.violations.first?.identity.envelope
        decisions.series(org, kind == .approvalRequired ? "require_approval" : "refuse", envelope ?? "").add()
    }

    func noteEffects(_ effects: [BatchReport.Effect], _ org: String) {
        for effect in effects {
            events.series(org, effect.kind.rawValue).add()
            if effect.kind == .suspensionOpened || effect.kind == .breakerTripped { noteTrip(effect.name, org) }
        }
    }

    func noteTrip(_ rule: String, _ org: String) { trips.series(org, rule).add() }

    /// The reason of a downgrade begins with the name of what asked for it.
    private static func cause(of reason: String?) -> String { (reason?.prefix { $0 != ":" && $0 != " " }).map(String.init) ?? "" }
}
