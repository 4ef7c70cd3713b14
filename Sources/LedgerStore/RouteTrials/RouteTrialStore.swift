public import Ledger
internal import Logging
internal import Postgres

/// Route trials: beginning, ending and reading them. What is begun or ended binds every call that begins after the answer, on every
/// replica.
public struct RouteTrialStore: Sendable {
    /// What became of a request to begin one.
    public enum Beginning: Sendable {
        case begun(StoredRouteTrial)
        /// The workflow has one that is on.
        case conflict
        /// So many are on.
        case tooMany(limit: Int)
    }

    /// Undoes a transaction that has nothing to write after all: the epoch that it raised would make every replica read its guards anew.
    enum Refusal: Error {
        case beginning(Beginning)
        /// The trial was judged or ended meanwhile.
        case late
    }

    /// Of an organisation: each call looks its workflow up among them, and every replica keeps them.
    static let openLimit = 500

    let pool: Pool
    let clock: StoreClock
    let directory: OrganisationDirectory
    let organisations: OrganisationStore
    let outcomes: OutcomeStore
    let signal: FeedSignal
    let logger: Logger

    // MARK: - Reading

    /// Newest first, older than one of them.
    ///
    /// - Parameter workflow: nil: of all workflows.
    public func list(of organisation: Identifier, workflow: String?, before: Identifier?, limit: Int) async throws -> [StoredRouteTrial] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(before ?? .last)
            parameters.int8(Int64(limit))
            parameters.text(workflow)
            return try Self.trials(try session.execute(RouteTrialStatements.list, parameters), of: organisation, in: session)
        }
    }

    /// Nil where there is none.
    public func find(_ id: Identifier, of organisation: Identifier) async throws -> StoredRouteTrial? {
        try await pool.withSession { try Self.find(id, of: organisation, in: $0) }
    }

    /// Those that are on, and those of which something was said from a moment on; newest first.
    func recent(of organisation: Identifier, from start: Timestamp, limit: Int) async throws -> [StoredRouteTrial] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.timestamp(microsecondsSince1970: start.microseconds)
            parameters.int8(Int64(limit))
            return try Self.trials(try session.execute(RouteTrialStatements.recent, parameters), of: organisation, in: session)
        }
    }

    // MARK: - Beginning and ending

    /// - Parameter policy: whose owner of the workflow is told.
    public func begin(_ draft: RouteTrialDraft, policy: Policy, of organisation: Identifier) async throws -> Beginning {
        let now = clock.now()
        let id = Identifier.fresh(at: now)
        do {
            let made = try await pool.withTransaction { try Self.begin(draft, id: id, policy: policy, of: organisation, at: now, in: $0) }
            signal.raise()
            return .begun(made)
        } catch Refusal.beginning(let beginning) {
            return beginning
        }
    }

    private static func begin(
        _ draft: RouteTrialDraft, id: Identifier, policy: Policy, of organisation: Identifier, at now: Timestamp, in session: Session
    ) throws -> StoredRouteTrial {
        let epoch = try GuardQueries.raiseEpoch(of: organisation, in: session)
        var key = Parameters()
        key.uuid(organisation)
        guard try session.execute(RouteTrialStatements.count, key).int8(0, 0) < openLimit else {
            throw Refusal.beginning(.tooMany(limit: openLimit))
        }
        var open = Parameters()
        open.uuid(organisation)
        open.text(draft.workflow)
        open.uuid(id)
        open.timestamp(microsecondsSince1970: now.adding(seconds: draft.cycleDays * 86_400).microseconds)
        guard try session.execute(RouteTrialStatements.insertOpen, open).affected == 1 else { throw Refusal.beginning(.conflict) }
        try insert(draft, id: id, epoch: epoch, of: organisation, at: now, in: session)
        guard let made = try find(id, of: organisation, in: session) else { throw StoreError(.corrupt, "trial \(id) was not written") }
        try tell(.trialStarted, of: made, reason: "\(draft.reason) (\(draft.author))", policy, organisation, at: now, in: session)
        return made
    }

    /// Ends a trial by hand; its calls get their own model again.
    ///
    /// - Returns: nil where there is none; a trial that had ended before as it is.
    public func end(_ id: Identifier, reason: String, author: String, policy: Policy, of organisation: Identifier) async throws -> StoredRouteTrial? {
        let now = clock.now()
        do {
            let ended = try await pool.withTransaction { session -> StoredRouteTrial? in
                guard let known = try Self.find(id, of: organisation, in: session), known.isOn else { throw Refusal.late }
                let epoch = try GuardQueries.raiseEpoch(of: organisation, in: session)
                guard try Self.close(known, of: organisation, in: session) else { throw Refusal.late }
                let verdict = StoredRouteTrial.Verdict(
                    cycle: nil, finding: nil, state: .ended, reason: reason, author: author, measured: nil, at: now)
                try Self.insert(verdict, of: id, epoch: epoch, organisation, in: session)
                try Self.tell(.trialEnded, of: known, reason: "\(reason) (\(author))", policy, organisation, at: now, in: session)
                return try Self.find(id, of: organisation, in: session)
            }
            signal.raise()
            return ended
        } catch Refusal.late {
            return try await find(id, of: organisation)
        }
    }

    // MARK: - Writing

    private static func insert(
        _ draft: RouteTrialDraft, id: Identifier, epoch: Int64, of organisation: Identifier, at now: Timestamp, in session: Session
    ) throws {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        parameters.text(draft.workflow)
        parameters.text(draft.tier)
        parameters.text(draft.reason)
        parameters.text(draft.author)
        parameters.int8(draft.cycleDays)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.int8(epoch)
        _ = try session.execute(RouteTrialStatements.insert, parameters)
    }

    /// - Returns: false where it was over before.
    static func close(_ trial: StoredRouteTrial, of organisation: Identifier, in session: Session) throws -> Bool {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.text(trial.workflow)
        parameters.uuid(trial.id)
        return try session.execute(RouteTrialStatements.deleteOpen, parameters).affected == 1
    }

    /// - Parameter epoch: of the guards; nil where nothing changed for calls.
    static func insert(
        _ verdict: StoredRouteTrial.Verdict, of trial: Identifier, epoch: Int64?, _ organisation: Identifier, in session: Session
    ) throws {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(Identifier.fresh(at: verdict.at, sequence: 2))
        parameters.uuid(trial)
        parameters.int8(verdict.cycle)
        parameters.text(verdict.finding?.rawValue)
        parameters.text(verdict.state.rawValue)
        parameters.text(verdict.reason)
        parameters.text(verdict.author)
        parameters.json(verdict.measured)
        parameters.timestamp(microsecondsSince1970: verdict.at.microseconds)
        parameters.int8(epoch)
        _ = try session.execute(RouteTrialStatements.insertVerdict, parameters)
    }

    static func tell(
        _ kind: Event.Kind, of trial: StoredRouteTrial, reason: String, _ policy: Policy, _ organisation: Identifier, at now: Timestamp,
        in session: Session
    ) throws {
        let workflow = policy.workflows.first { $0.name == trial.workflow }
        var event = Event(
            kind, envelope: "", owner: workflow?.owner, playbook: workflow?.playbook, tier: trial.tier,
            subject: Subject(kind: .workflow, id: trial.workflow), related: trial.id, reason: reason)
        event.tags = Tags([Tags.Tag(name: "workflow_name", value: trial.workflow)])
        var events = EventColumns()
        events.append(event, id: .fresh(at: now, sequence: 1))
        try events.write(organisation: organisation, at: now, in: session)
    }

    // MARK: - Decoding

    static func find(_ id: Identifier, of organisation: Identifier, in session: Session) throws -> StoredRouteTrial? {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        return try trials(try session.execute(RouteTrialStatements.find, parameters), of: organisation, in: session).first
    }

    private static func trials(_ rows: Rows, of organisation: Identifier, in session: Session) throws -> [StoredRouteTrial] {
        guard rows.count > 0 else { return [] }
        let ids: [Identifier] = try (0..<rows.count).map { try rows.uuid($0, 0) }
        var verdicts: [Identifier: [StoredRouteTrial.Verdict]] = [:]
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(ids)
        let said = try session.execute(RouteTrialStatements.verdicts, parameters)
        for row in 0..<said.count { verdicts[try said.uuid(row, 0), default: []].append(try verdict(said, row)) }
        return try ids.indices.map { row in
            StoredRouteTrial(
                id: ids[row], workflow: try rows.text(row, 1), tier: try rows.text(row, 2), reason: try rows.text(row, 3),
                author: try rows.text(row, 4), cycleDays: try rows.int8(row, 5), startedAt: Timestamp(microseconds: try rows.timestamp(row, 6)),
                verdicts: verdicts[ids[row]] ?? [], nextAt: try rows.timestampIfPresent(row, 7).map { Timestamp(microseconds: $0) })
        }
    }

    private static func verdict(_ rows: Rows, _ row: Int) throws -> StoredRouteTrial.Verdict {
        guard let state = OutcomeGuard.State(rawValue: try rows.text(row, 3)) else { throw StoreError(.corrupt, "a trial is in an unknown state") }
        return StoredRouteTrial.Verdict(
            cycle: try rows.int8IfPresent(row, 1), finding: try rows.textIfPresent(row, 2).flatMap { OutcomeGuard.Finding(rawValue: $0) },
            state: state, reason: try rows.text(row, 4), author: try rows.text(row, 5), measured: try rows.jsonIfPresent(row, 6),
            at: Timestamp(microseconds: try rows.timestamp(row, 7)))
    }
}
