internal import Ledger
internal import LedgerStore
internal import Telemetry

/// What metrics make of batches, one after another.
struct LedgerCounts {
    private var spending: SpendingMetrics
    private(set) var decisions: DecisionMetrics
    private let lanes: LaneMetrics
    var balances = BalanceBoard()
    var sessions = SessionBoard()

    init(_ registry: MetricRegistry) {
        spending = SpendingMetrics(registry)
        decisions = DecisionMetrics(registry)
        lanes = LaneMetrics(registry)
    }

    mutating func count(_ batch: BatchReport) {
        let organisation = batch.organisation
        lanes.note(batch)
        decisions.noteEffects(batch.effects, organisation.name)
        var sums = DecisionMetrics.Sums()
        for index in 0..<batch.count { count(index, of: batch, organisation, &sums) }
        decisions.note(sums, organisation.name)
    }

    private mutating func count(_ index: Int, of batch: BatchReport, _ organisation: Organisation, _ sums: inout DecisionMetrics.Sums) {
        switch batch.outcome(index) {
        case .admitted(let hold):
            look(at: hold.balances, organisation, at: batch.at)
            if hold.reason == nil { sums.allowed += 1 } else { decisions.noteSwitched(hold, organisation.name) }
        case .settled(let settled):
            let operation = batch.operation(index)
            look(at: settled.balances, organisation, at: batch.at)
            sums.note(settled, isDirect: operation.isCharge)
            charge(settled, operation, batch.hold(index), organisation, at: batch.at)
        case .refused(let refusal):
            decisions.noteRefused(refusal, isCall: batch.operation(index).isReserve, organisation.name)
            guard case .objected(let objections) = refusal else { return }
            for violation in objections.violations where violation.rule == .limit {
                let view = BalanceView(identity: violation.identity, limit: violation.limit, held: violation.held, spent: violation.spent)
                balances.note(view, organisation: organisation.name, at: batch.at)
            }
        case .replayed: sums.replayed += 1
        case .extended, .adjusted, .decided, .nothing: break
        }
    }

    private mutating func look(at views: [BalanceView], _ organisation: Organisation, at now: Timestamp) {
        for view in views { balances.note(view, organisation: organisation.name, at: now) }
    }

    private mutating func charge(
        _ settled: SettledHold, _ operation: LedgerStore.Operation, _ hold: BatchReport.HoldFacts?, _ organisation: Organisation,
        at now: Timestamp
    ) {
        guard settled.state == .committed else { return }
        let spender: Spender
        switch operation {
        case .charge(let request):
            spender = Spender(request.key.complete(request.tags) ?? request.tags)
            spending.note(
                settled.charged, request.report, spender, model: request.report.model ?? request.model, tool: request.tool, organisation)
        case .settle(let request):
            guard case .commit(let report, _) = request.action, let hold else { return }
            spender = hold.spender
            spending.note(settled.charged, report, spender, model: report.model ?? hold.model, tool: hold.tool, organisation)
        case .reserve, .adjust, .decide: return
        }
        guard settled.charged.cost > 0, !spender.session.isEmpty else { return }
        sessions.note(
            SessionBoard.Session(organisation: organisation.name, currency: organisation.currency, id: spender.session),
            cost: settled.charged.cost, at: now)
    }
}

extension LedgerStore.Operation {
    fileprivate var isReserve: Bool { if case .reserve = self { true } else { false } }
    fileprivate var isCharge: Bool { if case .charge = self { true } else { false } }
}
