internal import Foundation
internal import Ledger
internal import Logging
internal import Postgres

/// Writes what waits in its queue, one batch after another, over one connection on a thread of its own.
///
/// A batch is one transaction of two round trips: lock and read, decide, write. Everything that arrives meanwhile goes
/// into the next one.
actor Lane {
    static let batchLimit = 256
    /// How often a batch starts again because the configuration, a window, a price or a row that it needs changed under it.
    private static let restartLimit = 20

    nonisolated let queue: LaneQueue
    private let executor: ThreadExecutor
    private let settings: ConnectionSettings
    private let directory: OrganisationDirectory
    private let clock: StoreClock
    private let signal: FeedSignal
    private let sweeps: SweepSignal
    private let observer: (any LaneObserver)?
    private let logger: Logger

    private var session: Session?
    private var progress = BatchProgress(isObserved: false)
    private var identities = IdentityCache()
    private var counters = CounterCache()
    private var holds = HoldCache()
    private var refusalCap = RefusalCap()

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(
        number: Int, settings: ConnectionSettings, directory: OrganisationDirectory, clock: StoreClock, signal: FeedSignal, sweeps: SweepSignal,
        capacity: Int, observer: (any LaneObserver)?, logger: Logger
    ) {
        queue = LaneQueue(capacity: capacity)
        executor = ThreadExecutor(name: "lane-\(number)")
        self.settings = settings
        self.directory = directory
        self.clock = clock
        self.signal = signal
        self.sweeps = sweeps
        self.observer = observer
        self.logger = logger
    }

    /// Serves the queue until it is closed and empty. Blocks this actor's own thread, and no other.
    func run() {
        while let batch = queue.next(limit: Self.batchLimit) { serve(batch) }
        session?.close()
        session = nil
    }

    // MARK: - Attempts

    /// Runs a batch until it is on disk or nobody waits for it any more.
    ///
    /// Every operation recognises itself when it is run again (by idempotency key, or by the end of its hold), so a
    /// transaction whose fate is unknown is simply run again.
    private func serve(_ batch: [Ticket]) {
        var waiting = batch
        var lastError: PostgresError?
        var attempt = 0
        progress = BatchProgress(isObserved: observer != nil)
        while true {
            waiting = dropExpired(waiting, because: lastError)
            guard !waiting.isEmpty else { return }
            attempt += 1
            do {
                let outcomes = try runTransaction(waiting)
                for (ticket, outcome) in zip(waiting, outcomes) { ticket.continuation.resume(returning: outcome) }
                return
            } catch let error as PostgresError {
                lastError = error
                guard recover(from: error, attempt: attempt) else { return bisect(waiting, error) }
            } catch let error as StoreError {
                abandonTransaction()
                for ticket in waiting { ticket.continuation.resume(throwing: error) }
                return
            } catch {
                abandonTransaction()
                for ticket in waiting { ticket.continuation.resume(throwing: error) }
                return
            }
        }
    }

    private func dropExpired(_ tickets: [Ticket], because error: PostgresError?) -> [Ticket] {
        let now = ContinuousClock.now
        if error?.isConnectionLoss == true {
            // The database is away: those in the queue must not wait for this batch to give up.
            for ticket in queue.removeExpired(at: now) { expire(ticket, because: error) }
        }
        guard tickets.contains(where: { $0.deadline <= now }) else { return tickets }
        for ticket in tickets where ticket.deadline <= now { expire(ticket, because: error) }
        return tickets.filter { $0.deadline > now }
    }

    private func expire(_ ticket: Ticket, because error: PostgresError?) {
        let failure =
            error == nil
            ? StoreError(.overloaded, "the call waited too long for its turn")
            : StoreError(.unavailable, "the database did not answer in time")
        ticket.continuation.resume(throwing: failure)
    }

    /// Makes ready for another attempt; false if the error lies in the work itself.
    private func recover(from error: PostgresError, attempt: Int) -> Bool {
        if error.isConnectionLoss || error.code == .timedOut || session?.isUsable != true {
            logger.warning("lane lost its connection", metadata: ["error": "\(error)"])
            session?.close()
            session = nil
            // A refused connection fails at once; give the server a moment before the next try.
            if attempt > 1 { Thread.sleep(forTimeInterval: min(0.05 * Double(attempt), 0.5)) }
            return true
        }
        abandonTransaction()
        switch error.sqlState {
        case .checkViolation?: return attempt < 5 && createPartitions()
        case .uniqueViolation?: return attempt < 20
        case .readOnlyTransaction?:
            // A standby answered, or the primary is stepping down: find the new one.
            session?.close()
            session = nil
            Thread.sleep(forTimeInterval: 0.1)
            return true
        default: return error.isTransient
        }
    }

    private func abandonTransaction() {
        do {
            try session?.rollback()
        } catch {
            session?.close()
            session = nil
        }
    }

    private func createPartitions() -> Bool {
        do {
            let owner = try Session.connect(directory.ownerSettings)
            defer { owner.close() }
            try Partitions.create(from: clock.now(), ahead: 2, in: owner)
            return true
        } catch {
            logger.error("could not create partitions", metadata: ["error": "\(error)"])
            return false
        }
    }

    /// One bad operation must not fail its neighbours: halves are tried apart until it stands alone.
    private func bisect(_ tickets: [Ticket], _ error: PostgresError) {
        guard tickets.count > 1 else {
            logger.error("the database refused an operation", metadata: ["error": "\(error)"])
            for ticket in tickets { ticket.continuation.resume(throwing: StoreError(.rejected, error.message)) }
            return
        }
        let middle = tickets.count / 2
        serve(Array(tickets[..<middle]))
        serve(Array(tickets[middle...]))
    }

    // MARK: - One transaction

    private func runTransaction(_ tickets: [Ticket]) throws -> [Outcome] {
        let session = try connected()
        let organisation = tickets[0].organisation
        var state = directory.cached(organisation) ?? tickets[0].preparation.state
        var observed: Timestamp?
        for _ in 0..<Self.restartLimit {
            let now = observed ?? clock.now()
            let preparations = tickets.map { ticket in
                ticket.preparation.holds(for: state, at: now) ? ticket.preparation : Preparation(ticket.operation, state: state, at: now)
            }
            switch try openWindows(preparations, state: state, in: session) {
            case .done: break
            case .conflict(let time):
                observed = time
                continue
            case .stale:
                state = try directory.reload(organisation, from: state, in: session)
                continue
            case .expired(let balances):
                try expire(balances, state: state, in: session)
                continue
            }
            let plan = BatchPlan(
                tickets, preparations: preparations, organisation: organisation, known: identities, knownCounters: counters,
                knownHolds: holds, countsCalls: state.policy.countsCalls, now: now, testClock: clock.mode == .test)
            let reads = try BatchReads(plan, results: try progress.travel(.read, tickets) { try session.pipeline(plan.steps) })
            clock.observe(reads.now)

            if reads.epochs != state.epochs {
                try session.rollback()
                state = try directory.reload(organisation, from: state, in: session)
                continue
            }
            let locked = Set(reads.balances.map(\.id))
            let stale = preparations.contains { !$0.validity.contains(reads.now) }
            guard !stale, plan.claimed.keys.allSatisfy(locked.contains) else {
                // A window turned, or a price began, between the estimate and the database's clock; or a balance vanished.
                observed = reads.now
                try session.rollback()
                identities.forget(plan.claimed.keys.filter { !locked.contains($0) })
                continue
            }
            guard areThere(plan.counters.keys, among: reads.counters) else {
                try session.rollback()
                continue
            }
            let expired = reads.balances.filter { $0.marks.nextExpiry.map { $0 <= reads.now } ?? false }.map(\.id)
            guard expired.isEmpty else {
                try session.rollback()
                try expire(expired, state: state, in: session)
                continue
            }
            identities.learn(plan.claimed.values.map(\.identity))
            let needed = try identities.resolve(reads.balances.map(\.id), organisation: organisation, in: session)
            return try decideAndWrite(tickets, preparations, state: state, reads: reads, identities: needed, in: session)
        }
        throw StoreError(.unavailable, "the configuration changes faster than a batch can be decided")
    }

    /// Whether every counter was locked. One that retention removed is made in the next attempt.
    private func areThere(_ ids: Dictionary<Identifier, CounterIdentity>.Keys, among locked: [Counter]) -> Bool {
        guard !ids.isEmpty else { return true }
        let found = Set(locked.map(\.identity.id))
        let gone = ids.filter { !found.contains($0) }
        if gone.isEmpty { counters.learn(ids) } else { counters.forget(gone) }
        return gone.isEmpty
    }

    /// Opens the windows that carry credit and that this lane has not met yet.
    private func openWindows(
        _ preparations: [Preparation], state: OrganisationState, in session: Session
    ) throws -> WindowOpening.Result {
        var claims: [Identifier: Claim] = [:]
        for preparation in preparations {
            preparation.forEachClaim { claim, identity in
                if claim.envelope.rollover != nil, !identities.contains(identity.id) { claims[identity.id] = claim }
            }
        }
        // A few at a time: each is a transaction, and a key that was idle for long has many windows to open.
        var rest = claims.sorted { $0.key < $1.key }[...]
        while !rest.isEmpty {
            let some = rest.prefix(WindowOpening.claimLimit)
            rest = rest.dropFirst(some.count)
            var opening = WindowOpening(state: state, clock: clock)
            let result = try opening.open(some.map(\.value), in: session)
            guard case .done = result else { return result }
            signal.raise()
            identities.learn(some.map { BalanceIdentity(id: $0.key, claim: $0.value) })
        }
        return .done
    }

    private func expire(_ balances: [Identifier], state: OrganisationState, in session: Session) throws {
        let known = try identities.resolve(balances, organisation: state.organisation.id, in: session)
        try AdjustmentExpiry(state: state, clock: clock).run(balances, identities: known, in: session)
        signal.raise()
    }

    private func decideAndWrite(
        _ tickets: [Ticket], _ preparations: [Preparation], state: OrganisationState, reads: BatchReads,
        identities: [Identifier: BalanceIdentity], in session: Session
    ) throws -> [Outcome] {
        var decider = BatchDecider(state: state, reads: reads, identities: identities, refusalCap: refusalCap)
        var outcomes: [Outcome] = []
        outcomes.reserveCapacity(tickets.count)
        for (ticket, preparation) in zip(tickets, preparations) {
            outcomes.append(try decider.decide(ticket.operation, preparation))
        }
        // An answer from an earlier fact is an answer too: it waits, with a COMMIT of its own, until a synchronous
        // standby has everything before it.
        guard !decider.writes.isEmpty || outcomes.contains(where: \.restsOnFacts) else {
            try session.rollback()
            observer?.ended(progress.report(tickets, outcomes, decider, of: state.organisation))
            return outcomes
        }
        let steps = decider.writes.steps(
            organisation: state.organisation.id, batch: .batch(at: reads.now, moment: reads.moment), at: reads.now, moment: reads.moment,
            policyVersion: state.policy.version, book: decider.book, counters: decider.counters)
        // COMMIT may go in the same trip, since locks and unique keys guard every row that is written.
        let results = try progress.travel(.write, tickets) { try session.pipeline(steps.map(\.step)) }
        for (step, rows) in zip(steps, results) where step.rows.map({ $0 != rows.affected }) ?? false {
            logger.error("a write touched another number of rows than it must", metadata: ["statement": "\(step.step.statement.name)"])
        }
        refusalCap = decider.cap
        holds.learn(opened: decider.opened, ended: decider.writes.ended, of: state.organisation.id)
        if !decider.writes.suspensions.isEmpty { sweeps.raise() }
        if !decider.writes.events.ids.isEmpty { signal.raise() }
        observer?.ended(progress.report(tickets, outcomes, decider, of: state.organisation))
        return outcomes
    }

    private func connected() throws(PostgresError) -> Session {
        if let session, session.isUsable { return session }
        let fresh = try Session.connect(settings)
        session = fresh
        return fresh
    }
}
