public import Ledger
internal import Postgres

/// Suspensions: reading them, opening them, and lifting them.
public struct SuspensionStore: Sendable {
    /// What became of a request to suspend.
    public enum Opening: Sendable {
        case opened(StoredSuspension)
        /// The subject was suspended already; nothing was recorded.
        case known(StoredSuspension)
        /// The request was done before; the suspension may be lifted by now.
        case replayed(StoredSuspension)
        /// Its idempotency key was used with another body.
        case mismatch
    }

    /// Which suspensions to list; nil: any.
    public struct Filter: Sendable {
        public var state: StoredSuspension.State?
        public var kind: Subject.Kind?
        public var subjectID: String?

        public init(state: StoredSuspension.State? = nil, kind: Subject.Kind? = nil, subjectID: String? = nil) {
            self.state = state
            self.kind = kind
            self.subjectID = subjectID
        }
    }

    let pool: Pool
    let clock: StoreClock
    let signal: FeedSignal
    let sweeps: SweepSignal

    // MARK: - Reading

    /// Nil where there is none within the scope.
    public func find(_ id: Identifier, scope: SuspensionScope, of organisation: Identifier) async throws -> StoredSuspension? {
        try await pool.withSession { try Self.find(id, scope: scope, of: organisation, in: $0) }
    }

    /// Newest first, older than one of them.
    public func list(
        of organisation: Identifier, filter: Filter = Filter(), scope: SuspensionScope, before: Identifier?, limit: Int
    ) async throws -> [StoredSuspension] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(before ?? .last)
            parameters.int8(Int64(limit))
            parameters.text(filter.kind?.rawValue)
            parameters.text(filter.subjectID)
            scope.append(to: &parameters)
            let statement =
                switch filter.state {
                case nil: SuspensionStatements.list
                case .open: SuspensionStatements.listOpen
                case .lifted: SuspensionStatements.listLifted
                }
            let rows = try session.execute(statement, parameters)
            return try (0..<rows.count).map { try Self.decode(rows, $0) }
        }
    }

    // MARK: - Opening

    /// Suspends a subject. Once this has returned, no replica admits a call of the subject that begins later.
    public func open(_ draft: SuspensionDraft, of organisation: Identifier) async throws -> Opening {
        let now = clock.now()
        let opening = try await pool.withTransaction { session in
            if let answer = try Self.answer(draft, of: organisation, at: now, in: session) { return answer }
            _ = try GuardQueries.raiseEpoch(of: organisation, in: session)
            // The epoch row is locked now; who came first is seen.
            if let answer = try Self.answer(draft, of: organisation, at: now, in: session) { return answer }
            let id = try Self.insert(draft, of: organisation, at: now, in: session)
            guard let made = try Self.find(id, scope: .everything, of: organisation, in: session) else {
                throw StoreError(.corrupt, "suspension \(id) was not written")
            }
            return Opening.opened(made)
        }
        if case .opened = opening {
            sweeps.raise()
            signal.raise()
        }
        return opening
    }

    /// The answer where there is one already.
    private static func answer(
        _ draft: SuspensionDraft, of organisation: Identifier, at now: Timestamp, in session: Session
    ) throws -> Opening? {
        if let sent = draft.idempotency {
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(sent.key)
            let rows = try session.execute(IdempotencyStatements.read, parameters)
            if rows.count == 1 {
                guard try rows.uuid(0, 0) == sent.fingerprint else { return .mismatch }
                return try find(try rows.uuid(0, 1), scope: .everything, of: organisation, in: session).map { .replayed($0) }
            }
        }
        var parameters = Parameters()
        parameters.uuid(organisation)
        append(draft.subject, to: &parameters)
        let rows = try session.execute(SuspensionStatements.open, parameters)
        guard rows.count == 1, let known = try find(try rows.uuid(0, 0), scope: .everything, of: organisation, in: session) else { return nil }
        try remember(draft.idempotency, known.id, of: organisation, at: now, in: session)
        return .known(known)
    }

    private static func insert(_ draft: SuspensionDraft, of organisation: Identifier, at now: Timestamp, in session: Session) throws -> Identifier {
        let suspension = Suspension(id: .fresh(at: now), subject: draft.subject, rule: draft.rule, reason: draft.reason, openedAt: now)
        var columns = SuspensionColumns()
        columns.append(suspension, balance: nil, author: draft.author)
        var event = Event(
            .suspensionOpened, envelope: "", subject: draft.subject, related: suspension.id,
            reason: draft.rule == nil ? "\(draft.reason) (\(draft.author))" : draft.reason)
        // Who may see the subject's calls may see this.
        event.tags = draft.subject.kind.tag.map { Tags([Tags.Tag(name: $0, value: draft.subject.id)]) }
        var events = EventColumns()
        events.append(event, id: .fresh(at: now, sequence: 1))
        _ = try session.pipeline(columns.insertions(organisation: organisation, at: now))
        try events.write(organisation: organisation, at: now, in: session)
        try remember(draft.idempotency, suspension.id, of: organisation, at: now, in: session)
        return suspension.id
    }

    private static func remember(
        _ key: IdempotencyKey?, _ suspension: Identifier, of organisation: Identifier, at now: Timestamp, in session: Session
    ) throws {
        guard let key else { return }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(key.key)
        parameters.uuid(key.fingerprint)
        parameters.uuid(suspension)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        _ = try session.execute(IdempotencyStatements.insert, parameters)
    }

    // MARK: - Parts

    static func find(_ id: Identifier, scope: SuspensionScope, of organisation: Identifier, in session: Session) throws -> StoredSuspension? {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        scope.append(to: &parameters)
        let rows = try session.execute(SuspensionStatements.find, parameters)
        return rows.count == 1 ? try decode(rows, 0) : nil
    }

    static func append(_ subject: Subject, to parameters: inout Parameters) {
        parameters.text(subject.kind.rawValue)
        parameters.text(subject.id)
    }

    private static func decode(_ rows: Rows, _ row: Int) throws -> StoredSuspension {
        let lift = try rows.timestampIfPresent(row, 9).map { at in
            StoredSuspension.Lift(
                reason: try rows.text(row, 7), author: try rows.text(row, 8), at: Timestamp(microseconds: at),
                allowSteps: try rows.int8IfPresent(row, 10))
        }
        return StoredSuspension(
            suspension: try GuardQueries.suspension(rows, row), author: try rows.text(row, 6), lift: lift, releasedHolds: try rows.int8(row, 11))
    }
}
