internal import Ledger
internal import LedgerStore
internal import Telemetry

/// What was decided, and what it set off.
struct DecisionMetrics: Sendable {
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

    func noteAdmitted(_ hold: AdmittedHold, _ org: String) {
        decisions.series(org, hold.decision, hold.decision == "allow" ? "" : Self.cause(of: hold.reason)).add()
    }

    func noteRefused(_ refusal: Refusal, isCall: Bool, _ org: String) {
        refusals.series(org, refusal.problem).add()
        guard isCall, case .objected(let objections) = refusal, let kind = objections.kind else { return }
        let envelope = objections.freezes.first?.envelope ?? objections.violations.first?.identity.envelope
        decisions.series(org, kind == .approvalRequired ? "require_approval" : "refuse", envelope ?? "").add()
    }

    func noteSettled(_ settled: SettledHold, isDirect: Bool, _ org: String) {
        settlements.series(org, isDirect ? "direct" : settled.late ? "late" : settled.state.rawValue).add()
    }

    func noteReplayed(_ org: String) { replays.series(org).add() }

    func noteEffects(_ effects: [BatchReport.Effect], _ org: String) {
        for effect in effects {
            events.series(org, effect.kind.rawValue).add()
            if effect.kind == .suspensionOpened || effect.kind == .breakerTripped { trips.series(org, effect.name).add() }
        }
    }

    /// The reason of a downgrade begins with the name of what asked for it.
    private static func cause(of reason: String?) -> String { (reason?.prefix { $0 != ":" && $0 != " " }).map(String.init) ?? "" }
}
