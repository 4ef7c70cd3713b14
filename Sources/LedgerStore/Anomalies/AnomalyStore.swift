public import Ledger
internal import Logging
internal import Postgres

/// Anomalies: finding, reading and closing them.
public struct AnomalyStore: Sendable {
    /// Which anomalies to list; nil: any.
    public struct Filter: Sendable {
        public var state: StoredAnomaly.State?
        public var kind: AnomalyKind?
        public var agentID: String?

        public init(state: StoredAnomaly.State? = nil, kind: AnomalyKind? = nil, agentID: String? = nil) {
            self.state = state
            self.kind = kind
            self.agentID = agentID
        }
    }

    /// What became of a request to close one.
    public enum Closing: Sendable {
        case closed(StoredAnomaly)
        /// It was closed before, otherwise.
        case conflict(StoredAnomaly)
    }

    let pool: Pool
    let directory: OrganisationDirectory
    let organisations: OrganisationStore
    let suspensions: SuspensionStore
    let clock: StoreClock
    let signal: FeedSignal
    let observer: (any LaneObserver)?
    let logger: Logger

    // MARK: - Reading

    /// Newest first, older than one of them.
    ///
    /// - Parameter bound: tags of a key; anomalies whose calls do not all have them are not shown to it.
    public func list(
        of organisation: Identifier, filter: Filter = Filter(), bound: Tags = Tags(), before: Identifier?, limit: Int
    ) async throws -> [StoredAnomaly] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(before ?? .last)
            parameters.int8(Int64(limit))
            parameters.text(filter.state?.rawValue)
            parameters.text(filter.kind?.rawValue)
            parameters.text(filter.agentID)
            parameters.append(bound)
            let rows = try session.execute(AnomalyStatements.list, parameters)
            return try (0..<rows.count).map { try Self.decode(rows, $0) }
        }
    }

    /// Nil where there is none, or none that a key with these tags may see.
    public func find(_ id: Identifier, bound: Tags = Tags(), of organisation: Identifier) async throws -> StoredAnomaly? {
        try await pool.withSession { try Self.find(id, bound: bound, of: organisation, in: $0) }
    }

    // MARK: - Closing

    /// Closes an anomaly. The first counts; who says the same later gets the same answer.
    ///
    /// - Parameter isExpected: its level is learned: up to 1.5 times that, the same is not told again.
    /// - Returns: nil as `find`.
    public func close(
        _ id: Identifier, isExpected: Bool, reason: String, author: String, bound: Tags = Tags(), of organisation: Identifier
    ) async throws -> Closing? {
        let now = clock.now()
        let outcome: StoredAnomaly.Closure.Outcome = isExpected ? .expected : .unexpected
        let (closing, isNew) = try await pool.withTransaction { session -> (Closing?, Bool) in
            guard let anomaly = try Self.find(id, bound: bound, of: organisation, in: session) else { return (nil, false) }
            let isNew = try Self.end(anomaly, outcome, reason: reason, author: author, of: organisation, at: now, in: session)
            var key = Parameters()
            key.uuid(organisation)
            key.uuid(id)
            if isNew {
                _ = try session.execute(AnomalyStatements.quieten, key)
                if isExpected {
                    key.timestamp(microsecondsSince1970: now.microseconds)
                    _ = try session.execute(AnomalyStatements.learn, key)
                }
            }
            guard let closed = try Self.find(id, bound: bound, of: organisation, in: session) else { return (nil, false) }
            return (closed.closure?.outcome == outcome ? .closed(closed) : .conflict(closed), isNew)
        }
        if isNew { signal.raise() }
        return closing
    }

    /// Records the end of an anomaly and its event.
    ///
    /// - Returns: false where it had ended before.
    static func end(
        _ anomaly: StoredAnomaly, _ outcome: StoredAnomaly.Closure.Outcome, reason: String, author: String, of organisation: Identifier,
        at now: Timestamp, in session: Session
    ) throws -> Bool {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(anomaly.id)
        parameters.text(outcome.rawValue)
        parameters.text(reason)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.text(author)
        guard try session.execute(AnomalyStatements.close, parameters).affected == 1 else { return false }
        var event = Event(
            .anomalyClosed, envelope: "", owner: anomaly.owner, playbook: anomaly.playbook, subject: anomaly.subject, related: anomaly.id,
            reason: outcome == .over ? reason : "\(outcome.rawValue): \(reason) (\(author))")
        event.tags = try TagsJSON.decode(anomaly.tags)
        var events = EventColumns()
        events.append(event, id: .fresh(at: now))
        try events.write(organisation: organisation, at: now, in: session)
        return true
    }

    // MARK: - Parts

    static func find(_ id: Identifier, bound: Tags = Tags(), of organisation: Identifier, in session: Session) throws -> StoredAnomaly? {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        parameters.append(bound)
        let rows = try session.execute(AnomalyStatements.find, parameters)
        return rows.count == 1 ? try decode(rows, 0) : nil
    }

    private static func decode(_ rows: Rows, _ row: Int) throws -> StoredAnomaly {
        let id: Identifier = try rows.uuid(row, 0)
        guard let kind = AnomalyKind(rawValue: try rows.text(row, 1)), let action = AnomalyRules.Action(rawValue: try rows.text(row, 9)) else {
            throw StoreError(.corrupt, "anomaly \(id) is of an unknown kind")
        }
        var closure: StoredAnomaly.Closure?
        if let text = try rows.textIfPresent(row, 18) {
            guard let outcome = StoredAnomaly.Closure.Outcome(rawValue: text) else {
                throw StoreError(.corrupt, "anomaly \(id) ended in an unknown way")
            }
            closure = StoredAnomaly.Closure(
                outcome: outcome, reason: try rows.text(row, 19), at: Timestamp(microseconds: try rows.timestamp(row, 20)),
                author: try rows.text(row, 21))
        }
        return StoredAnomaly(
            id: id, kind: kind, agentID: try rows.textIfPresent(row, 2), workflow: try rows.textIfPresent(row, 3),
            runID: try rows.textIfPresent(row, 4), step: try rows.textIfPresent(row, 5), model: try rows.textIfPresent(row, 6),
            owner: try rows.textIfPresent(row, 7), playbook: try rows.textIfPresent(row, 8), action: action,
            suspension: try rows.uuidIfPresent(row, 10), observed: try rows.int8(row, 11), baseline: try rows.int8(row, 12),
            atStake: Money(nanos: try rows.int8(row, 13)), message: try rows.text(row, 14), steps: try rows.json(row, 15),
            tags: try rows.json(row, 16), foundAt: Timestamp(microseconds: try rows.timestamp(row, 17)), closure: closure)
    }
}

extension StoredAnomaly {
    var subject: Subject? { Self.subject(agentID: agentID, workflow: workflow) }

    /// Who is meant, for events: the agent, else the workflow.
    static func subject(agentID: String?, workflow: String?) -> Subject? {
        agentID.map { Subject(kind: .agent, id: $0) } ?? workflow.map { Subject(kind: .workflow, id: $0) }
    }
}
