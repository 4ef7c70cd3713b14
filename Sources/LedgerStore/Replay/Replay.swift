public import Ledger
public import Postgres

/// Runs a policy over the recorded calls of an organisation. Reads only, in short transactions, beside a running service:
/// what happens after the replay began is left out.
public struct Replay {
    /// How far a replay is.
    public struct Progress: Sendable {
        /// Operations that were decided again.
        public internal(set) var operations: Int64 = 0
        /// The moment that was reached.
        public internal(set) var at: Timestamp
    }

    /// How many batches are listed at once, and how many of their facts are read at once.
    private static let batchesPerPage = 2_000
    private static let factsPerGroup = 4_000

    private let session: Session
    private let organisation: Identifier
    /// Half-open.
    private let period: (start: Timestamp, end: Timestamp)
    /// Breakers for which the record speaks: whom they refused is left out, as is whom a person has suspended.
    private let recordedRules: [String]
    private var starting: StartingState
    private var simulation: Simulation
    private var changes: EpochQueue
    private var progress: Progress
    private let tell: (Progress) -> Void

    /// Replays the operations of a period.
    ///
    /// - Parameters:
    ///   - policy: nil: the one in force.
    ///   - state: what the organisation's calls are decided by now: its prices, and the policy in force.
    ///   - start: from this moment on.
    ///   - end: until before this moment.
    ///   - session: lent for the whole replay, outside of a transaction.
    ///   - tell: hears after each page how far it is.
    public static func run(
        _ policy: Policy?, state: OrganisationState, from start: Timestamp, until end: Timestamp, in session: Session,
        tell: @escaping (Progress) -> Void = { _ in }
    ) throws -> ReplayReport {
        let organisation = state.organisation.id
        let starting = try startingState(organisation, from: start, until: end, in: session)
        let proposed = policy ?? state.policy
        let recorded = proposed.breakers(recordedUnder: state.policy)
        var stopped = try starting.guards(without: recorded.map(\.name), in: session)
        let trials = try RecordedTrials(organisation: organisation, from: start, until: end, in: session)
        stopped.guards.routeTrials = trials.before
        let lifts = try RecordedLifts.read(organisation, from: start, until: end, in: session)
        var simulation = Simulation(
            policy: proposed.without(recorded), prices: state.prices, organisation: organisation, start: start,
            guards: stopped.guards, origins: stopped.origins, hash: { Digest.identifier($0) })
        let decided = RecordedDecisions(organisation: organisation)
        simulation.begin(with: try decided.grants(before: start, in: session), rejections: try decided.rejections(before: start, in: session))
        var replay = Replay(
            session: session, organisation: organisation, period: (start, end), recordedRules: recorded.map(\.name), starting: starting,
            simulation: simulation, changes: EpochQueue(lifts + trials.changes), progress: Progress(at: start), tell: tell)
        try replay.replay()
        var report = replay.simulation.report
        report.unrecordedRefusals = try replay.countedRefusals()
        report.beginsEmpty = (policy ?? state.policy).envelopes.filter { envelope in
            envelope.limit != nil && state.policy.envelope(named: envelope.name)?.rule != envelope.rule
        }.map(\.name)
        return report
    }

    // MARK: - Before the period

    private static func startingState(
        _ organisation: Identifier, from start: Timestamp, until end: Timestamp, in session: Session
    ) throws -> StartingState {
        var starting = StartingState(organisation: organisation, start: start)
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: start.microseconds)
        guard try session.execute(ReplayStatements.earlier, parameters).bool(0, 0) else { return starting }
        try starting.learnMarks(in: session)
        try forEachGroup(organisation, from: start, until: end, in: session) { try starting.learn($0, in: session) }
        return starting
    }

    // MARK: - The period

    private mutating func replay() throws {
        let starting = starting
        let recordedRules = recordedRules
        var order = FactOrder<ReplayFacts> { starting.version(of: $0) }
        try Self.forEachGroup(organisation, from: period.start, until: period.end, in: session) { batches in
            let page = try FactPage(batches, organisation: organisation, recordedRules: recordedRules, in: session)
            var ready: [ReplayFacts] = []
            for batch in batches {
                let facts = page.facts(of: batch)
                ready += order.add(facts, spans: facts.spans)
            }
            try decide(ready)
        }
        let rest = order.rest()
        simulation.report.unplaced = Int64(rest.reduce(0) { $0 + $1.operations.count })
        try decide(rest)
    }

    private mutating func decide(_ facts: [ReplayFacts]) throws {
        var batches: [ReplayFacts] = []
        for fact in facts {
            for (epoch, change) in changes.take(upTo: fact.guards) {
                batches.append(ReplayFacts(operations: [change], guards: epoch, raised: nil))
            }
            batches.append(fact)
        }
        let prepared = batches.map { batch in batch.operations.map { simulation.prepare($0) } }
        var missing: Set<Identifier> = []
        for one in prepared.joined() { simulation.missing(for: one, into: &missing) }
        simulation.add(try starting.balances(missing, in: session))
        for (batch, prepared) in zip(batches, prepared) { simulation.run(prepared, epoch: batch.guards, raised: batch.raised) }
        progress.operations += Int64(batches.reduce(0) { $0 + $1.operations.count })
        progress.at = batches.last { !$0.operations.isEmpty }?.operations.last?.at ?? progress.at
        tell(progress)
    }

    /// Lends the batches of a period in the order in which they decided, so many at a time that their facts fit one page.
    private static func forEachGroup(
        _ organisation: Identifier, from start: Timestamp, until end: Timestamp, in session: Session, _ body: ([ReplayBatch]) throws -> Void
    ) throws {
        var order = EpochOrder<ReplayBatch>(lookAhead: batchesPerPage)
        var after = Identifier.none
        while true {
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.timestamp(microsecondsSince1970: start.microseconds)
            parameters.timestamp(microsecondsSince1970: end.microseconds)
            parameters.uuid(after)
            parameters.int8(Int64(batchesPerPage))
            let rows = try session.execute(ReplayStatements.batches, parameters)
            let page = try (0..<rows.count).map { try ReplayBatch(rows, $0) }
            after = page.last?.id ?? after
            try lend(order.add(page) { $0.guards }, body)
            if rows.count < batchesPerPage { return try lend(order.rest(), body) }
        }
    }

    private static func lend(_ batches: [ReplayBatch], _ body: ([ReplayBatch]) throws -> Void) throws {
        var group: [ReplayBatch] = []
        var count = 0
        for batch in batches {
            group.append(batch)
            count += batch.factCount
            guard count >= factsPerGroup else { continue }
            try body(group)
            group = []
            count = 0
        }
        if !group.isEmpty { try body(group) }
    }

    private func countedRefusals() throws -> Int64 {
        var parameters = Parameters()
        parameters.uuid(organisation)
        // A minute that the period begins in counts whole.
        let start = Timestamp(seconds: period.start.seconds - period.start.seconds % 60)
        parameters.timestamp(microsecondsSince1970: start.microseconds)
        parameters.timestamp(microsecondsSince1970: period.end.microseconds)
        return try session.execute(ReplayStatements.counted, parameters).int8(0, 0)
    }
}
