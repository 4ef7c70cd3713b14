public import Ledger
internal import Logging
internal import Postgres

/// Corrections: asking for them, looking at them, and seeing beforehand what they would do.
public struct CorrectionStore: Sendable {
    /// What became of a correction that was asked for.
    public enum Recording: Sendable {
        /// Recorded; small ones are applied by now.
        case recorded(StoredCorrection)
        /// It was asked for before.
        case replayed(StoredCorrection)
        /// The idempotency key was used with another body.
        case mismatch
        /// Calls that were named cannot be corrected; nothing was recorded.
        case refused([Fault])
    }

    /// A call that was named and cannot be corrected.
    public struct Fault: Hashable, Sendable {
        public enum Reason: String, Sendable {
            /// There is no such call, or it is another's.
            case unknown
            /// The hold has not ended: nothing is booked yet.
            case open
        }

        public let call: Identifier
        /// Its place among those that were named.
        public let index: Int
        public let reason: Reason
    }

    /// So many transactions of its work are done before a request is answered.
    private static let stepsOfRequest = 4

    let pool: Pool
    let clock: StoreClock
    let work: CorrectionWork

    // MARK: - Asking

    public func record(_ draft: CorrectionDraft, of organisation: Identifier) async throws -> Recording {
        let now = clock.now()
        let recording = try await pool.withTransaction { session in
            if let earlier = try Self.earlier(draft, of: organisation, in: session) { return earlier }
            if case .calls(let calls) = draft.selection {
                let faults = try Self.faults(calls, bound: draft.bound, of: organisation, in: session)
                guard faults.isEmpty else { return .refused(faults) }
            }
            let id = Identifier.fresh(at: now)
            guard try draft.idempotency.claim(for: id, of: organisation, at: now, in: session) else {
                return try Self.earlier(draft, of: organisation, in: session) ?? .mismatch
            }
            try Self.insert(draft, id: id, of: organisation, at: now, in: session)
            guard let stored = try Self.find(id, bound: Tags(), of: organisation, in: session) else {
                throw StoreError(.corrupt, "correction \(id) was not written")
            }
            return Recording.recorded(stored)
        }
        guard case .recorded(let stored) = recording else { return recording }
        return .recorded(try await advance(stored, of: organisation))
    }

    /// Works on what waits for as long as a request may, and looks again. What it does not come to, or fails at, the job does.
    private func advance(_ stored: StoredCorrection, of organisation: Identifier) async throws -> StoredCorrection {
        do {
            for _ in 0..<Self.stepsOfRequest {
                guard try await work.step(organisation) == .advanced else { break }
            }
        } catch {
            work.logger.warning("a correction waits for its job", metadata: ["org_id": "\(organisation)", "error": "\(error)"])
        }
        return try await find(stored.id, of: organisation) ?? stored
    }

    private static func earlier(_ draft: CorrectionDraft, of organisation: Identifier, in session: Session) throws -> Recording? {
        guard let holder = try draft.idempotency.holder(in: organisation, session) else { return nil }
        guard holder.isSame else { return .mismatch }
        guard let known = try find(holder.fact, bound: Tags(), of: organisation, in: session) else {
            throw StoreError(.corrupt, "correction \(holder.fact) was not written")
        }
        return .replayed(known)
    }

    private static func insert(
        _ draft: CorrectionDraft, id: Identifier, of organisation: Identifier, at now: Timestamp, in session: Session
    ) throws {
        let number = try UsageHead.lock(organisation, new: 1, in: session)
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        parameters.int8(number)
        switch draft.selection {
        case .calls(let calls):
            parameters.uuidArray(calls)
            for _ in 0..<3 { parameters.null() }
        case .matching(let pattern, let from, let to):
            parameters.null()
            parameters.json(PatternJSON.encode(pattern))
            parameters.timestamp(microsecondsSince1970: from.microseconds)
            parameters.timestamp(microsecondsSince1970: to.microseconds)
        }
        parameters.json(TagsJSON.encode(draft.tags.set))
        parameters.textArray(draft.tags.removed)
        parameters.text(draft.reason)
        parameters.json(TagsJSON.encode(draft.bound))
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.text(draft.author)
        var progress = Parameters()
        progress.uuid(organisation)
        progress.int8(number)
        progress.uuid(Identifier.none)
        _ = try session.pipeline([
            PipelineStep(CorrectionStatements.insert, parameters), PipelineStep(CorrectionStatements.begin, progress),
        ])
    }

    /// Those of some calls that cannot be corrected, in their order.
    ///
    /// - Parameter bound: a call without these tags is unknown to who asks.
    static func faults(_ calls: [Identifier], bound: Tags, of organisation: Identifier, in session: Session) throws -> [Fault] {
        let facts = try CallFacts.read(calls, of: organisation, in: session)
        let corrections = try CallCorrections.read(calls, of: organisation, in: session)
        let months = Partitions.months(of: calls)
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(calls)
        parameters.timestamp(microsecondsSince1970: months.start.microseconds)
        parameters.timestamp(microsecondsSince1970: months.end.microseconds)
        let rows = try session.execute(CorrectionStatements.open, parameters)
        var held: [Identifier: Tags] = [:]
        for row in 0..<rows.count { held[try rows.uuid(row, 0)] = try TagsJSON.decode(try rows.json(row, 1)) }
        return calls.enumerated().compactMap { index, call in
            guard let sent = facts.tags(of: call) ?? held[call], corrections.tags(sent, of: call).contains(bound) else {
                return Fault(call: call, index: index, reason: .unknown)
            }
            return facts.byCall[call] == nil ? Fault(call: call, index: index, reason: .open) : nil
        }
    }

    // MARK: - Reading

    /// Newest first, older than one of them.
    ///
    /// - Parameter bound: tags of a key; it sees what keys with these tags asked for.
    public func list(of organisation: Identifier, bound: Tags = Tags(), before: Identifier?, limit: Int) async throws -> [StoredCorrection] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(before)
            parameters.int8(Int64(limit))
            parameters.append(bound)
            let rows = try session.execute(CorrectionStatements.list, parameters)
            return try (0..<rows.count).map { try StoredCorrection(rows, $0) }
        }
    }

    /// Nil where there is none, or none that a key with these tags may see.
    public func find(_ id: Identifier, bound: Tags = Tags(), of organisation: Identifier) async throws -> StoredCorrection? {
        try await pool.withSession { try Self.find(id, bound: bound, of: organisation, in: $0) }
    }

    private static func find(_ id: Identifier, bound: Tags, of organisation: Identifier, in session: Session) throws -> StoredCorrection? {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        parameters.append(bound)
        let rows = try session.execute(CorrectionStatements.find, parameters)
        return rows.count == 1 ? try StoredCorrection(rows, 0) : nil
    }
}
