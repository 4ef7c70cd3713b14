internal import Ledger
internal import LedgerStore
internal import Postgres
internal import Telemetry

/// Shows how the installation stands: read from the database when Prometheus asks, at most once in ``shortestInterval``.
///
/// Every replica shows the same, but for the pool and the queue, which are its own. Where the database does not answer, the last
/// figures stay, and tell their age.
actor FigureMetrics {
    static let shortestInterval: Duration = .seconds(10)
    /// The longest that a scrape waits for the database.
    static let longestWait: Duration = .seconds(1)
    /// How often whoever waits looks whether the figures are there.
    private static let look: Duration = .milliseconds(10)

    private let store: Store
    private let limit: Int
    private let openHolds: MetricFamily<GaugeSeries>
    private let outbox: MetricFamily<GaugeSeries>
    private let outboxLag: MetricFamily<GaugeSeries>
    private let approvals: MetricFamily<GaugeSeries>
    private let deliveries: MetricFamily<GaugeSeries>
    private let frozen: MetricFamily<GaugeSeries>
    private let suspensions: MetricFamily<GaugeSeries>
    private let pool: MetricFamily<GaugeSeries>
    private let poolWaiting: GaugeSeries
    private let poolSize: GaugeSeries
    private let queueDepth: GaugeSeries
    private let failures: CounterSeries
    private let age: GaugeSeries
    private let interval: Duration
    private var lastRead: ContinuousClock.Instant?
    private var isReading = false
    /// When the figures that are shown were asked for; before the first, when this began.
    private var shownFrom = ContinuousClock.now

    init(_ registry: MetricRegistry, store: Store, interval: Duration = shortestInterval) {
        self.store = store
        self.interval = interval
        limit = registry.labelLimit
        let org: [MetricLabel] = [.open("org")]
        openHolds = registry.gauge("purser_open_holds", "Holds that have not ended, of the whole installation.", labels: org)
        outbox = registry.gauge("purser_outbox_events", "Events that are not in the feed yet.", labels: org)
        outboxLag = registry.gauge("purser_outbox_lag_seconds", "How long the oldest event has waited for the feed.", labels: org)
        approvals = registry.gauge("purser_approvals_pending", "Questions that nobody has answered yet.", labels: org)
        deliveries = registry.gauge("purser_deliveries_pending", "Messages to webhooks that are not delivered yet.", labels: org)
        frozen = registry.gauge("purser_envelopes_frozen", "Envelopes that were frozen by hand.", labels: org)
        suspensions = registry.gauge(
            "purser_suspensions_open", "Open suspensions by the rule that opened them; manual: a person did.", labels: [.open("org"), .open("rule")])
        pool = registry.gauge("purser_pool_sessions", "Database sessions of this replica's pool.", labels: ["state"])
        poolWaiting = registry.gauge("purser_pool_waiting", "Who waits for a session of this replica's pool.").series()
        poolSize = registry.gauge("purser_pool_size", "The most sessions that this replica's pool opens.").series()
        queueDepth = registry.gauge("purser_lane_queue_depth", "Operations that wait for a write lane of this replica.").series()
        failures = registry.counter("purser_figures_failed_total", "Scrapes for which the database could not be read; the last figures stay.")
            .series()
        age = registry.gauge("purser_figures_age_seconds", "How old what was read from the database is; without any, how long none could be read.")
            .series()
    }

    func collect() async {
        let use = store.figures.poolUse
        pool.series("lent").set(Double(use.lent))
        pool.series("idle").set(Double(use.idle))
        poolWaiting.set(Double(use.waiting))
        poolSize.set(Double(use.size))
        queueDepth.set(Double(store.lanes.depth))
        if !isReading, lastRead.map({ ContinuousClock.now - $0 >= interval }) ?? true { read() }
        await waitForFigures()
        age.set(Double((ContinuousClock.now - shownFrom).nanoseconds) / 1e9)
    }

    /// Starts the one read that is under way at a time. It outlives the scrape that asked for it: what comes late is shown to the next.
    private func read() {
        let start = ContinuousClock.now
        (lastRead, isReading) = (start, true)
        Task {
            do {
                show(try await store.figures.read(limit: limit))
                shownFrom = start
            } catch {
                failures.add()
            }
            isReading = false
        }
    }

    private func waitForFigures() async {
        let end = ContinuousClock.now + Self.longestWait
        while isReading, ContinuousClock.now < end {
            do { try await Task.sleep(for: Self.look) } catch { return }
        }
    }

    private func show(_ figures: Figures) {
        let all = figures.standings
        openHolds.show(all.map { ([$0.organisation.name], Double($0.openHolds)) })
        outbox.show(all.map { ([$0.organisation.name], Double($0.outbox)) })
        outboxLag.show(all.map { ([$0.organisation.name], $0.outboxLagSeconds) })
        approvals.show(all.map { ([$0.organisation.name], Double($0.pendingApprovals)) })
        deliveries.show(all.map { ([$0.organisation.name], Double($0.pendingDeliveries)) })
        frozen.show(all.map { ([$0.organisation.name], Double($0.frozenEnvelopes)) })
        suspensions.show(
            all.flatMap { standing in
                // At least one line an organisation, so that an alert has a zero to compare with.
                let rules = standing.suspensions.isEmpty ? ["": 0] : standing.suspensions
                return rules.sorted { $0.key < $1.key }.map { rule, count in
                    ([standing.organisation.name, rule.isEmpty ? "manual" : rule], Double(count))
                }
            })
    }
}
