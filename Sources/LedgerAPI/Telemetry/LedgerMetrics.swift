internal import Dispatch
internal import Ledger
internal import LedgerStore
internal import Synchronization
internal import Telemetry

/// Counts what the write lanes report, on a thread of its own, so that no call waits for it.
///
/// Nothing is left out: where it falls behind by more than ``backlogLimit`` batches, the lane waits for it.
final class LedgerMetrics: Sendable {
    private static let backlogLimit = 64

    private struct Boards {
        var balances = BalanceBoard()
        var sessions = SessionBoard()
    }

    private let spending: SpendingMetrics
    private let decisions: DecisionMetrics
    private let lanes: LaneMetrics
    private let usedRatio: MetricFamily<GaugeSeries>
    private let sessionCost: MetricFamily<GaugeSeries>
    private let boards = Mutex(Boards())
    private let queue = DispatchQueue(label: "purser.metrics")
    private let backlog = Atomic(0)

    init(_ registry: MetricRegistry) {
        spending = SpendingMetrics(registry)
        decisions = DecisionMetrics(registry)
        lanes = LaneMetrics(registry)
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
        let isBehind = backlog.wrappingAdd(1, ordering: .relaxed).newValue > Self.backlogLimit
        queue.async { [self] in
            count(batch)
            backlog.wrappingSubtract(1, ordering: .relaxed)
        }
        if isBehind { queue.sync {} }
    }

    /// Waits until everything that was noted is counted, and shows the boards as they are then.
    ///
    /// - Parameter now: the ledger's time.
    func settle(at now: Timestamp) async {
        await withCheckedContinuation { continuation in queue.async { continuation.resume() } }
        let (balances, sessions) = boards.withLock { ($0.balances.nearest(at: now), $0.sessions.dearest(at: now)) }
        usedRatio.show(
            balances.map { line in
                let key = zip(line.identity.names, line.identity.values).map { "\($0)=\($1)" }.joined(separator: ",")
                return ([line.organisation, line.identity.envelope, key, line.identity.meter.rawValue], line.ratio)
            })
        sessionCost.show(sessions.map { ([$0.session.organisation, $0.session.currency, $0.session.id], Double($0.cost) / 1e9) })
    }

    private func count(_ batch: BatchReport) {
        lanes.note(batch)
        decisions.noteEffects(batch.effects, batch.organisation.name)
        for entry in batch.entries { count(entry, batch.organisation, batch.at) }
    }

    private func count(_ entry: BatchReport.Entry, _ organisation: Organisation, _ time: Timestamp) {
        let org = organisation.name
        switch entry.outcome {
        case .admitted(let hold):
            decisions.noteAdmitted(hold, org)
            look(at: hold.balances, org)
        case .settled(let settled):
            decisions.noteSettled(settled, isDirect: entry.operation.isCharge, org)
            look(at: settled.balances, org)
            charge(settled, entry, organisation, time)
        case .refused(let refusal):
            decisions.noteRefused(refusal, isCall: entry.operation.isReserve, org)
            if case .objected(let objections) = refusal {
                boards.withLock { boards in
                    for violation in objections.violations where violation.rule == .limit {
                        boards.balances.note(
                            violation.identity, limit: violation.limit, held: violation.held, spent: violation.spent, organisation: org)
                    }
                }
            }
        case .replayed: decisions.noteReplayed(org)
        case .extended, .adjusted, .decided, .nothing: break
        }
    }

    private func look(at views: [BalanceView], _ org: String) {
        boards.withLock { boards in
            for view in views { boards.balances.note(view.identity, limit: view.limit, held: view.held, spent: view.spent, organisation: org) }
        }
    }

    private func charge(_ settled: SettledHold, _ entry: BatchReport.Entry, _ organisation: Organisation, _ time: Timestamp) {
        guard settled.state == .committed else { return }
        switch entry.operation {
        case .charge(let request):
            charge(
                settled.charged, request.report, tags: request.key.complete(request.tags) ?? request.tags,
                model: request.report.model ?? request.model, tool: request.tool, organisation, time)
        case .settle(let request):
            guard case .commit(let report, _) = request.action, let hold = entry.hold else { return }
            charge(settled.charged, report, tags: hold.tags, model: report.model ?? hold.model, tool: hold.tool, organisation, time)
        case .reserve, .adjust, .decide: break
        }
    }

    private func charge(
        _ charged: Amounts, _ report: UsageReport, tags: Tags, model: String?, tool: String?, _ organisation: Organisation, _ time: Timestamp
    ) {
        spending.note(charged, report, tags: tags, model: model, tool: tool, organisation)
        guard charged.cost > 0, let session = tags["session_id"], !session.isEmpty else { return }
        boards.withLock {
            $0.sessions.note(
                SessionBoard.Session(organisation: organisation.name, currency: organisation.currency, id: session), cost: charged.cost, at: time)
        }
    }
}

extension LedgerStore.Operation {
    fileprivate var isReserve: Bool { if case .reserve = self { true } else { false } }
    fileprivate var isCharge: Bool { if case .charge = self { true } else { false } }
}
