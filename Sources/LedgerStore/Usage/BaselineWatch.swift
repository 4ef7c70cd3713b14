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
    /// No breaker watches longer.
    private static let longestSeconds = Breaker.maximumWithinSeconds + 2 * Baseline.sliceSeconds

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
        guard try await isUsed(organisation.id, since: now.seconds - Self.longestSeconds) else { return 0 }
        let directory = directory
        guard let state = try await pool.withSession({ try directory.look(at: organisation.id, in: $0) }) else { return 0 }
        let breakers = state.policy.breakers.filter { Self.isDue($0, due) }
        guard let longest = breakers.compactMap(Self.withinSeconds).max() else { return 0 }
        let start = Baseline.start(of: now.seconds) - Baseline.window(longest) - Baseline.sliceSeconds
        var recent = BaselineRecent(breakers, policy: state.policy)
        for range in try await ranges(organisation.id, from: start, to: now.seconds + Baseline.sliceSeconds) {
            try Task.checkCancellation()
            for row in try await rows(BaselineStatements.recent, organisation.id, range) { recent.add(row) }
        }
        if recent.isFull {
            logger.warning(
                "only the first subjects that were seen are compared with their baselines",
                metadata: ["org": "\(organisation.name)", "subjects": "\(BaselineRecent.subjectLimit)"])
        }
        var tripped = 0
        for use in recent.all where state.guards.suspension(of: use.subject.subject) == nil {
            if try await judge(use, state: state, at: now) { tripped += 1 }
        }
        return tripped
    }

    private func isUsed(_ organisation: Identifier, since start: Int64) async throws -> Bool {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.timestamp(microsecondsSince1970: start * 1_000_000)
            return try session.execute(BaselineStatements.isUsed, parameters).bool(0, 0)
        }
    }

    private func ranges(_ organisation: Identifier, from start: Int64, to end: Int64) async throws -> [Range<Int64>] {
        try await pool.withSession { session in
            try UsageHours.read(of: organisation, from: start, to: end, in: session).ranges(of: .slices, from: start, to: end)
        }
    }

    /// - Parameter more: what the statement asks for beyond organisation and range.
    private func rows(
        _ statement: Statement, _ organisation: Identifier, _ range: Range<Int64>, more: [String] = []
    ) async throws -> [SliceRow] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.timestamp(microsecondsSince1970: range.lowerBound * 1_000_000)
            parameters.timestamp(microsecondsSince1970: range.upperBound * 1_000_000)
            for text in more { parameters.text(text) }
            let rows = try session.execute(statement, parameters)
            return try (0..<rows.count).map { try SliceRow(rows, $0) }
        }
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

    private func judge(_ use: BaselineRecent.Use, state: OrganisationState, at now: Timestamp) async throws -> Bool {
        let (subject, recent) = (use.subject, use.slices)
        let rules = state.policy.anomalyRules
        func current(_ slices: [Int64: Int64]) -> (use: Int64, end: Int64)? {
            Baseline.current(slices, measure: subject.measure, withinSeconds: subject.withinSeconds, minimumCost: rules.minimumCost, at: now)
        }
        guard current(recent) != nil, rules.plan(for: use.tags, at: now) == nil else { return false }
        let trip = try await self.trip(of: subject, state)
        var counted = recent
        if subject.breaker.action == .suspend {
            // What led to a suspension must not open one again, whoever opened it: a lift forgives what was before.
            let lift = try await lastLift(of: subject.subject, state)
            let last = max(trip?.trippedAt.seconds ?? .min, lift?.seconds ?? .min)
            counted = recent.filter { $0.key > last }
        }
        guard let current = current(counted) else { return false }
        let slices = try await history(of: subject, state: state, at: now).merging(recent) { _, new in new }
        guard let baseline = Baseline(slices, withinSeconds: subject.withinSeconds, end: current.end),
            baseline.isExceeded(by: current.use, times: subject.times)
        else { return false }
        let reason = subject.reason(use: current.use, usual: baseline.median)
        switch subject.breaker.action {
        case .suspend: return try await suspend(subject, reason, since: trip, state, at: now)
        case .alert: return try await tell(subject, reason, since: trip, state, at: now)
        }
    }

    // MARK: - The week before

    /// Read in parts, each a transaction of its own.
    private func history(of subject: BaselineSubject, state: OrganisationState, at now: Timestamp) async throws -> [Int64: Int64] {
        let hour = UsagePage.start(of: now.seconds, UsagePage.hourSeconds)
        let key = BaselineMemory.Key(
            organisation: state.organisation.id, policyVersion: state.policy.version, subject: subject.id, hour: hour / UsagePage.hourSeconds)
        if let known = memory.slices(of: key) { return known }
        var slices: [Int64: Int64] = [:]
        let organisation = state.organisation.id
        let isAgent = subject.subject.kind == .agent
        let more = isAgent ? [subject.subject.id] : [subject.subject.id, subject.subject.kind.tag ?? ""]
        for range in try await ranges(organisation, from: hour - (Baseline.days + 1) * 86_400, to: hour + UsagePage.hourSeconds) {
            try Task.checkCancellation()
            let rows = try await rows(isAgent ? BaselineStatements.ofAgent : BaselineStatements.ofTag, organisation, range, more: more)
            for row in rows where subject.counts(row, policy: state.policy) {
                UsageSums.add(&slices[row.start, default: 0], row.amount(of: subject.measure))
            }
        }
        memory.keep(slices, of: key)
        return slices
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

    private func lastLift(of subject: Subject, _ state: OrganisationState) async throws -> Timestamp? {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(state.organisation.id)
            parameters.text(subject.kind.rawValue)
            parameters.text(subject.id)
            let rows = try session.execute(BaselineStatements.lastLift, parameters)
            return try rows.timestampIfPresent(0, 0).map { Timestamp(microseconds: $0) }
        }
    }

    /// The suspension is opened first: where this ends in between, the next look finds the subject suspended.
    private func suspend(_ subject: BaselineSubject, _ reason: String, since trip: Trip?, _ state: OrganisationState, at now: Timestamp)
        async throws -> Bool
    {
        let draft = SuspensionDraft(subject: subject.subject, reason: reason, rule: subject.breaker.name, author: "policy")
        let opening = try await suspensions.open(draft, of: state.organisation.id)
        let parameters = Self.parameters(subject, state, trippedAt: now, at: now, since: trip)
        try await pool.withSession { _ = try $0.execute(BaselineStatements.setTrip, parameters) }
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
        let isNew = try await pool.withTransaction { session in
            let parameters = Self.parameters(subject, state, trippedAt: isTold ? trip?.trippedAt ?? now : now, at: now, since: trip)
            guard try session.execute(BaselineStatements.setTrip, parameters).affected == 1, !isTold else { return false }
            var events = EventColumns()
            events.append(told, id: .fresh(at: now))
            try events.write(organisation: state.organisation.id, at: now, in: session)
            return true
        }
        guard isNew else { return false }
        signal.raise()
        observer?.tripped(subject.breaker.name, of: state.organisation)
        return true
    }

    private static func parameters(
        _ subject: BaselineSubject, _ state: OrganisationState, trippedAt: Timestamp, at now: Timestamp, since trip: Trip?
    ) -> Parameters {
        var parameters = Parameters()
        parameters.uuid(state.organisation.id)
        parameters.uuid(subject.id)
        parameters.text(subject.breaker.name)
        parameters.timestamp(microsecondsSince1970: trippedAt.microseconds)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.timestamp(microsecondsSince1970: trip?.seenAt.microseconds)
        return parameters
    }
}
