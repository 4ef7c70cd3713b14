internal import Ledger
internal import Postgres

/// The first round trip of a batch: which balances, keys and holds it needs, and the statements that lock and read
/// them. Idempotency keys, holds and settlements are read only after the locks that guard them.
struct BatchPlan {
    enum Part {
        case begin, gates, insertBalances, lock, insertCounters, lockCounters, epoch, decisions, keys, lockHolds, holds, settlements
    }

    private(set) var parts: [Part] = []
    private(set) var steps: [PipelineStep] = []
    /// The balances that the batch's calls claim, each once, in no order.
    private(set) var claimed: [Identifier: (identity: BalanceIdentity, limit: Int64)] = [:]
    /// The counters of breakers that the batch's calls are counted by, each once.
    private(set) var counters: [Identifier: CounterIdentity] = [:]
    /// The holds that the batch's operations name and that need not be read.
    let knownHolds: [Identifier: HeldReservation]

    /// - Parameter countsCalls: the policy has breakers that a batch decides.
    init(
        _ tickets: [Ticket], preparations: [Preparation], organisation: Identifier, known: IdentityCache, knownCounters: CounterCache,
        knownHolds: HoldCache, countsCalls: Bool, now: Timestamp, testClock: Bool
    ) {
        var claimed = claimed
        var scopes: Set<Identifier> = []
        for preparation in preparations {
            preparation.forEachClaim { claim, identity in claimed[identity.id] = (identity, claim.envelope.limit ?? 0) }
            if let grant = preparation.grant { claimed[grant.id] = (grant, 0) }
            scopes.formUnion(preparation.scopes)
            for counter in preparation.counters { counters[counter.identity.id] = counter.identity }
        }
        self.claimed = claimed
        let missing = claimed.filter { !known.contains($0.key) }.values.map { $0 }
        let keys = tickets.compactMap { $0.operation.idempotency?.key }
        let holds = Set(tickets.compactMap { $0.operation.reservation }).sorted()
        let remembered = knownHolds.known(holds, of: organisation)
        self.knownHolds = remembered
        let unknown = holds.filter { remembered[$0] == nil }

        add(.begin, PipelineStep(Statement.begin))
        // Before the locks: whoever opens a gate has locked the grants first, so a gate that is gone shows its grant here.
        if !scopes.isEmpty { add(.gates, Self.list(ApprovalStatements.readGates, scopes.sorted(), organisation: organisation)) }
        if !missing.isEmpty { add(.insertBalances, Self.insertBalances(missing, organisation: organisation, now: now)) }
        // The balance of a scope's grants has the scope's id, and need not exist.
        add(
            .lock,
            Self.lock(
                remembered.values.reduce(into: scopes.union(claimed.keys)) { $0.formUnion($1.balances) }.sorted(), holds: unknown,
                organisation: organisation, LaneStatements.lockBalances,
                withHolds: LaneStatements.lockBalancesAndHolds))
        // After the balances, in every lane: whoever makes or waits for a counter waits for no balance any more.
        if countsCalls { addCounters(holds: unknown, known: knownCounters, organisation: organisation, now: now) }
        add(.epoch, Self.epoch(organisation: organisation, testClock: testClock))
        let decided = tickets.compactMap { ticket in if case .decide(let request) = ticket.operation { request } else { nil } }
        if !decided.isEmpty { add(.decisions, Self.decisions(on: decided, organisation: organisation)) }
        if !keys.isEmpty { add(.keys, Self.list(LaneStatements.readIdempotencyKeys, keys, organisation: organisation)) }
        if !holds.isEmpty {
            add(.lockHolds, Self.list(LaneStatements.lockOpenReservations, holds, organisation: organisation))
            if !unknown.isEmpty { add(.holds, Self.list(LaneStatements.readHolds, unknown, organisation: organisation, monthsOf: unknown)) }
            add(.settlements, Self.list(LaneStatements.readSettlements, holds, organisation: organisation, monthsOf: holds))
        }
    }

    private mutating func add(_ part: Part, _ step: PipelineStep) {
        parts.append(part)
        steps.append(step)
    }

    private mutating func addCounters(holds: [Identifier], known: CounterCache, organisation: Identifier, now: Timestamp) {
        let missing = counters.values.filter { !known.contains($0.id) }
        if !missing.isEmpty { add(.insertCounters, CounterRows.insert(missing, organisation: organisation, at: now)) }
        let ids = knownHolds.values.reduce(into: Set(counters.keys)) { $0.formUnion($1.counters) }.sorted()
        guard !ids.isEmpty || !holds.isEmpty else { return }
        add(
            .lockCounters,
            Self.lock(ids, holds: holds, organisation: organisation, CounterStatements.lock, withHolds: CounterStatements.lockWithHolds))
    }

    private static func decisions(on requests: [DecideRequest], organisation: Identifier) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(requests.map(\.question.id))
        parameters.uuidArray(requests.map(\.question.scope))
        parameters.uuidArray(requests.map { $0.decision.approver?.key })
        return PipelineStep(ApprovalStatements.readDecisions, parameters)
    }

    private static func epoch(organisation: Identifier, testClock: Bool) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        return PipelineStep(LaneStatements.epochAndClock(test: testClock), parameters)
    }

    private static func lock(
        _ ids: [Identifier], holds: [Identifier], organisation: Identifier, _ statement: Statement, withHolds: Statement
    ) -> PipelineStep {
        guard !holds.isEmpty else { return list(statement, ids, organisation: organisation) }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(ids)
        parameters.uuidArray(holds)
        appendMonths(of: holds, to: &parameters)
        return PipelineStep(withHolds, parameters)
    }

    private static func list(
        _ statement: Statement, _ ids: [Identifier], organisation: Identifier, monthsOf holds: [Identifier] = []
    ) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(ids)
        if !holds.isEmpty { appendMonths(of: holds, to: &parameters) }
        return PipelineStep(statement, parameters)
    }

    /// Holds lie in the partition of the month that their id tells.
    private static func appendMonths(of holds: [Identifier], to parameters: inout Parameters) {
        let months = Partitions.months(of: holds)
        parameters.timestamp(microsecondsSince1970: months.start.microseconds)
        parameters.timestamp(microsecondsSince1970: months.end.microseconds)
    }

    static func insertBalances(
        _ balances: [(identity: BalanceIdentity, limit: Int64)], organisation: Identifier, now: Timestamp
    ) -> PipelineStep {
        // In the order of ids, so that two lanes that make the same balances never wait for each other in a circle.
        let sorted = balances.sorted { $0.identity.id < $1.identity.id }
        var first: [Int32] = []
        var last: [Int32] = []
        var end: Int32 = 0
        for balance in sorted {
            first.append(end + 1)
            end += Int32(balance.identity.names.count)
            last.append(end)
        }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.uuidArray(sorted.map(\.identity.id))
        parameters.textArray(sorted.map(\.identity.envelope))
        parameters.textArray(sorted.map(\.identity.meter.rawValue))
        parameters.textArray(sorted.map(\.identity.rule))
        parameters.textArray(sorted.flatMap(\.identity.names))
        parameters.textArray(sorted.flatMap(\.identity.values))
        parameters.timestampArray(sorted.map(\.identity.window.start?.microseconds))
        parameters.timestampArray(sorted.map(\.identity.window.end?.microseconds))
        parameters.int8Array(sorted.map(\.limit))
        parameters.int4Array(first)
        parameters.int4Array(last)
        return PipelineStep(LaneStatements.insertBalances, parameters)
    }
}
