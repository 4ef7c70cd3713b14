public import Ledger
internal import Logging
internal import Postgres

/// Trips the breakers that compare a subject with its own last week. What it sees is as fresh as the roll-up.
public struct BaselineWatch: Sendable {
    let pool: Pool
    let directory: OrganisationDirectory
    let organisations: OrganisationStore
    let suspensions: SuspensionStore
    let signal: FeedSignal
    let observer: (any LaneObserver)?
    let logger: Logger
    private let memory = BaselineMemory()

    init(
        pool: Pool, directory: OrganisationDirectory, organisations: OrganisationStore, suspensions: SuspensionStore, signal: FeedSignal,
        observer: (any LaneObserver)?, logger: Logger
    ) {
        self.pool = pool
        self.directory = directory
        self.organisations = organisations
        self.suspensions = suspensions
        self.signal = signal
        self.observer = observer
        self.logger = logger
    }

    /// Looks at every organisation whose policy has such a breaker. The first failure is thrown at the end.
    ///
    /// - Parameter due: for which time of which grid, since a breaker over a longer time is looked at less often; nil: at all now.
    /// - Returns: how many breakers tripped.
    @discardableResult
    public func look(at now: Timestamp, due: (at: Timestamp, periodSeconds: Int64)?) async throws -> Int {
        var tripped = 0
        var failure: (any Error)?
        for organisation in try await organisations.all() where organisation.state == .active {
            try Task.checkCancellation()
            do {
                tripped += try await look(organisation, at: now, due: due)
            } catch {
                if Task.isCancelled { throw error }
                logger.error("the baselines of an organisation could not be watched", metadata: ["org": "\(organisation.name)", "error": "\(error)"])
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return tripped
    }

    private func look(_ organisation: Organisation, at now: Timestamp, due: (at: Timestamp, periodSeconds: Int64)?) async throws -> Int {
        let directory = directory
        guard let state = try await pool.withSession({ try directory.refresh(organisation.id, in: $0) }) else { return 0 }
        let breakers = state.policy.breakers.filter { Self.isDue($0, due) }
        guard let longest = breakers.compactMap(Self.withinSeconds).max() else { return 0 }
        let start = Baseline.start(of: now.seconds) - Baseline.window(longest) - Baseline.sliceSeconds
        let rows = try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation.id)
            parameters.timestamp(microsecondsSince1970: start * 1_000_000)
            let rows = try session.execute(BaselineStatements.recent, parameters)
            return try (0..<rows.count).map { try SliceRow(rows, $0) }
        }
        var tripped = 0
        for (subject, recent) in Self.group(rows, by: breakers, policy: state.policy) where state.guards.suspension(of: subject.subject) == nil {
            if try await judge(subject, recent: recent, rows: rows, state: state, at: now) { tripped += 1 }
        }
        return tripped
    }

    private static func withinSeconds(_ breaker: Breaker) -> Int64? {
        guard case .baseline(_, _, let seconds) = breaker.when else { return nil }
        return seconds
    }

    /// One over a long time reads much and changes slowly: it is looked at twenty times in that time.
    private static func isDue(_ breaker: Breaker, _ due: (at: Timestamp, periodSeconds: Int64)?) -> Bool {
        guard let within = withinSeconds(breaker) else { return false }
        guard let due else { return true }
        return due.at.seconds % max(due.periodSeconds, within / 20) < due.periodSeconds
    }

    private static func group(_ rows: [SliceRow], by breakers: [Breaker], policy: Policy) -> [BaselineSubject: [Int64: Int64]] {
        var sums: [BaselineSubject: [Int64: Int64]] = [:]
        for breaker in breakers {
            for row in rows where row.matches(breaker.match, policy: policy) {
                guard let subject = BaselineSubject(breaker, of: row) else { continue }
                UsageSums.add(&sums[subject, default: [:]][row.start, default: 0], row.amount(of: subject.measure))
            }
        }
        return sums
    }

    private func judge(
        _ subject: BaselineSubject, recent: [Int64: Int64], rows: [SliceRow], state: OrganisationState, at now: Timestamp
    ) async throws -> Bool {
        let minimum = state.policy.anomalyRules.minimumCost
        func current(_ slices: [Int64: Int64]) -> (use: Int64, end: Int64)? {
            Baseline.current(slices, measure: subject.measure, withinSeconds: subject.withinSeconds, minimumCost: minimum, at: now)
        }
        guard current(recent) != nil, !isPlanned(subject, rows, state.policy, at: now) else { return false }
        let trip = try await self.trip(of: subject, state)
        // What led to the last suspension must not open one again.
        let counted = subject.breaker.action == .suspend ? recent.filter { $0.key > trip?.trippedAt.seconds ?? .min } : recent
        guard let current = current(counted) else { return false }
        let slices = try await history(of: subject, state: state, at: now).merging(recent) { _, new in new }
        guard let baseline = Baseline(slices, withinSeconds: subject.withinSeconds, end: current.end),
            baseline.isExceeded(by: current.use, times: subject.times)
        else { return false }
        let reason = subject.reason(use: current.use, usual: baseline.median)
        switch subject.breaker.action {
        case .suspend: return try await suspend(subject, reason, state, at: now)
        case .alert: return try await tell(subject, reason, since: trip, state, at: now)
        }
    }

    private func isPlanned(_ subject: BaselineSubject, _ rows: [SliceRow], _ policy: Policy, at now: Timestamp) -> Bool {
        guard !policy.anomalyRules.planned.isEmpty else { return false }
        let own = rows.filter { subject.counts($0, policy: policy) }
        guard let dearest = own.max(by: { $0.amount(of: subject.measure) < $1.amount(of: subject.measure) }) else { return false }
        return policy.anomalyRules.plan(for: dearest.tags, at: now) != nil
    }

    // MARK: - The week before

    /// Read by days, each a transaction of its own.
    private func history(of subject: BaselineSubject, state: OrganisationState, at now: Timestamp) async throws -> [Int64: Int64] {
        let hour = UsagePage.start(of: now.seconds, UsagePage.hourSeconds)
        let key = BaselineMemory.Key(
            organisation: state.organisation.id, policyVersion: state.policy.version, subject: subject.id, hour: hour / UsagePage.hourSeconds)
        if let known = memory.slices(of: key) { return known }
        var slices: [Int64: Int64] = [:]
        for day in 0...Baseline.days {
            let from = hour - (day + 1) * 86_400
            let to = day == 0 ? hour + UsagePage.hourSeconds : from + 86_400
            for row in try await rows(of: subject, state, from: from, to: to) where subject.counts(row, policy: state.policy) {
                UsageSums.add(&slices[row.start, default: 0], row.amount(of: subject.measure))
            }
        }
        memory.keep(slices, of: key)
        return slices
    }

    private func rows(of subject: BaselineSubject, _ state: OrganisationState, from: Int64, to: Int64) async throws -> [SliceRow] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(state.organisation.id)
            parameters.text(subject.subject.id)
            parameters.timestamp(microsecondsSince1970: from * 1_000_000)
            parameters.timestamp(microsecondsSince1970: to * 1_000_000)
            if subject.subject.kind != .agent { parameters.text(subject.subject.kind.tag) }
            let statement = subject.subject.kind == .agent ? BaselineStatements.ofAgent : BaselineStatements.ofTag
            let rows = try session.execute(statement, parameters)
            return try (0..<rows.count).map { try SliceRow(rows, $0) }
        }
    }

    // MARK: - Trips

    private typealias Trip = (trippedAt: Timestamp, seenAt: Timestamp)

    private func trip(of subject: BaselineSubject, _ state: OrganisationState) async throws -> Trip? {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(state.organisation.id)
            parameters.uuid(subject.id)
            let rows = try session.execute(BaselineStatements.trip, parameters)
            guard rows.count == 1 else { return nil }
            return (Timestamp(microseconds: try rows.timestamp(0, 0)), Timestamp(microseconds: try rows.timestamp(0, 1)))
        }
    }

    /// The suspension is opened first: where this ends in between, the next look finds the subject suspended.
    private func suspend(_ subject: BaselineSubject, _ reason: String, _ state: OrganisationState, at now: Timestamp) async throws -> Bool {
        let draft = SuspensionDraft(subject: subject.subject, reason: reason, rule: subject.breaker.name, author: "policy")
        let opening = try await suspensions.open(draft, of: state.organisation.id)
        try await pool.withSession { _ = try $0.execute(BaselineStatements.setTrip, Self.parameters(subject, state, trippedAt: now, at: now)) }
        guard case .opened = opening else { return false }
        observer?.tripped(subject.breaker.name, of: state.organisation)
        return true
    }

    /// Once, and again after a quiet window.
    private func tell(_ subject: BaselineSubject, _ reason: String, since trip: Trip?, _ state: OrganisationState, at now: Timestamp) async throws
        -> Bool
    {
        let quiet = max(Baseline.window(subject.withinSeconds), 2 * Baseline.sliceSeconds)
        let isTold = trip.map { now < $0.seenAt.adding(seconds: quiet) } ?? false
        var event = Event(
            .breakerTripped, envelope: subject.breaker.name, owner: subject.breaker.owner, playbook: subject.breaker.playbook,
            subject: subject.subject, reason: reason)
        event.tags = subject.subject.kind.tag.map { Tags([Tags.Tag(name: $0, value: subject.subject.id)]) }
        let told = event
        try await pool.withTransaction { session in
            let parameters = Self.parameters(subject, state, trippedAt: isTold ? trip?.trippedAt ?? now : now, at: now)
            _ = try session.execute(BaselineStatements.setTrip, parameters)
            guard !isTold else { return }
            var events = EventColumns()
            events.append(told, id: .fresh(at: now))
            _ = try session.pipeline([
                events.insert(organisation: state.organisation.id, at: now), events.insertOutbox(organisation: state.organisation.id, at: now),
            ])
        }
        guard !isTold else { return false }
        signal.raise()
        observer?.tripped(subject.breaker.name, of: state.organisation)
        return true
    }

    private static func parameters(_ subject: BaselineSubject, _ state: OrganisationState, trippedAt: Timestamp, at now: Timestamp) -> Parameters {
        var parameters = Parameters()
        parameters.uuid(state.organisation.id)
        parameters.uuid(subject.id)
        parameters.text(subject.breaker.name)
        parameters.timestamp(microsecondsSince1970: trippedAt.microseconds)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        return parameters
    }
}
