public import Ledger
internal import Postgres

/// What workflows brought about: recording and reading it.
public struct OutcomeStore: Sendable {
    /// What became of a report.
    public enum Recording: Sendable {
        case recorded(StoredOutcome)
        /// The report was made before.
        case replayed(StoredOutcome)
        /// Its idempotency key was used with another body.
        case mismatch
    }

    let pool: Pool
    let clock: StoreClock

    // MARK: - Recording

    public func record(_ draft: OutcomeDraft, of organisation: Identifier) async throws -> Recording {
        let now = clock.now()
        let id = Identifier.fresh(at: now)
        return try await pool.withTransaction { session in
            guard try draft.idempotency.claim(for: id, of: organisation, at: now, in: session) else {
                return try Self.earlier(draft, of: organisation, in: session)
            }
            let stored = StoredOutcome(id: id, outcome: draft.outcome, recordedAt: now, author: draft.author)
            try Self.insert(stored, tags: draft.tags, of: organisation, in: session)
            return .recorded(stored)
        }
    }

    private static func earlier(_ draft: OutcomeDraft, of organisation: Identifier, in session: Session) throws -> Recording {
        guard let holder = try draft.idempotency.holder(in: organisation, session), holder.isSame else { return .mismatch }
        guard let known = try find(holder.fact, bound: Tags(), of: organisation, in: session) else {
            throw StoreError(.corrupt, "outcome \(holder.fact) was not written")
        }
        return .replayed(known)
    }

    private static func insert(_ stored: StoredOutcome, tags: Tags, of organisation: Identifier, in session: Session) throws {
        let outcome = stored.outcome
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(stored.id)
        parameters.text(outcome.workflow)
        parameters.text(outcome.kind)
        parameters.int8(outcome.count)
        parameters.int8(outcome.value?.nanos)
        parameters.int8(outcome.quality)
        parameters.int8(outcome.humanMinutes)
        parameters.int8(outcome.reworkMinutes)
        parameters.textArray(outcome.runs)
        parameters.timestamp(microsecondsSince1970: outcome.began.microseconds)
        parameters.timestamp(microsecondsSince1970: outcome.ended.microseconds)
        parameters.json(TagsJSON.encode(tags))
        parameters.timestamp(microsecondsSince1970: stored.recordedAt.microseconds)
        parameters.text(stored.author)
        _ = try session.execute(OutcomeStatements.insert, parameters)
    }

    // MARK: - Reading

    /// Newest first, older than one of them.
    ///
    /// - Parameter bound: tags of a key; what does not have them all is not shown to it.
    public func list(
        of organisation: Identifier, workflow: String? = nil, kind: String? = nil, bound: Tags = Tags(), before: Identifier?, limit: Int
    ) async throws -> [StoredOutcome] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(before ?? .last)
            parameters.int8(Int64(limit))
            parameters.text(workflow)
            parameters.text(kind)
            parameters.append(bound)
            let rows = try session.execute(OutcomeStatements.list, parameters)
            return try (0..<rows.count).map { try Self.decode(rows, $0) }
        }
    }

    /// Nil where there is none, or none that a key with these tags may see.
    public func find(_ id: Identifier, bound: Tags = Tags(), of organisation: Identifier) async throws -> StoredOutcome? {
        try await pool.withSession { try Self.find(id, bound: bound, of: organisation, in: $0) }
    }

    private static func find(_ id: Identifier, bound: Tags, of organisation: Identifier, in session: Session) throws -> StoredOutcome? {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        parameters.append(bound)
        let rows = try session.execute(OutcomeStatements.find, parameters)
        return rows.count == 1 ? try decode(rows, 0) : nil
    }

    private static func decode(_ rows: Rows, _ row: Int) throws -> StoredOutcome {
        StoredOutcome(
            id: try rows.uuid(row, 0),
            outcome: WorkflowOutcome(
                workflow: try rows.text(row, 1), kind: try rows.text(row, 2), count: try rows.int8(row, 3),
                value: try rows.int8IfPresent(row, 4).map { Money(nanos: $0) }, quality: try rows.int8IfPresent(row, 5),
                humanMinutes: try rows.int8(row, 6), reworkMinutes: try rows.int8(row, 7), runs: try rows.textArray(row, 8),
                began: Timestamp(microseconds: try rows.timestamp(row, 9)), ended: Timestamp(microseconds: try rows.timestamp(row, 10))),
            recordedAt: Timestamp(microseconds: try rows.timestamp(row, 11)), author: try rows.text(row, 12))
    }
}
