internal import Dispatch
internal import Ledger
internal import LedgerStore
internal import Synchronization
internal import Telemetry

/// Counts what the write lanes report, many batches at once and on a thread of its own, so that no call waits for it.
///
/// A lane only puts its report down. Nothing is left out: where counting falls behind by more than ``backlogLimit`` batches, the
/// lane counts them itself.
final class LedgerMetrics: Sendable {
    private static let backlogLimit = 64
    /// After so long what lies there is counted, if nobody asks before.
    private static let delay: DispatchTimeInterval = .milliseconds(20)

    private let counts: Mutex<LedgerCounts>
    private let waiting = Mutex<[BatchReport]>([])
    private let usedRatio: MetricFamily<GaugeSeries>
    private let sessionCost: MetricFamily<GaugeSeries>
    private let queue = DispatchQueue(label: "purser.metrics")

    init(_ registry: MetricRegistry) {
        counts = Mutex(LedgerCounts(registry))
        usedRatio = registry.gauge(
            "purser_envelope_used_ratio",
            "(held + spent) / limit of the balances nearest to their limit, \(BalanceBoard.keysPerEnvelope) of each envelope, as this replica saw them last.",
            labels: [.open("org"), .open("envelope"), .open("key"), "meter"])
        sessionCost = registry.gauge(
            "purser_session_cost",
            "Cost of the \(SessionBoard.shown) dearest sessions in this half hour and the one before, in major units of the currency.",
            labels: [.open("org"), "currency", .open("session_id")])
    }

    func note(_ batch: BatchReport) {
        let count = waiting.withLock { waiting in
            waiting.append(batch)
            return waiting.count
        }
        if count == 1 { queue.asyncAfter(deadline: .now() + Self.delay) { [self] in countWaiting() } }
        if count > Self.backlogLimit { countWaiting() }
    }

    func noteTrip(_ rule: String, _ organisation: Organisation) {
        counts.withLock { $0.decisions.noteTrip(rule, organisation.name) }
    }

    /// Counts everything that was noted, and shows the boards as they are then.
    ///
    /// - Parameter now: the ledger's time.
    func settle(at now: Timestamp) {
        countWaiting()
        let (balances, sessions) = counts.withLock { ($0.balances.nearest(at: now), $0.sessions.dearest(at: now)) }
        usedRatio.show(
            balances.map { line in
                let key = zip(line.identity.names, line.identity.values).map { "\($0)=\($1)" }.joined(separator: ",")
                return ([line.organisation, line.identity.envelope, key, line.identity.meter.rawValue], line.ratio)
            })
        sessionCost.show(sessions.map { ([$0.session.organisation, $0.session.currency, $0.session.id], Double($0.cost) / 1e9) })
    }

    /// In the order in which they came: who takes them keeps the others out until they are counted.
    private func countWaiting() {
        counts.withLock { counts in
            let batches = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            for batch in batches { counts.count(batch) }
        }
    }
}
