internal import Ledger
internal import Logging
internal import Postgres

/// Appends what was written to the chain of its organisation: batches from their work list, other facts by looking for those
/// that no seal has. The lock of the chain's end makes entries gap-free, a unique key makes each once. Its end is on disk before
/// anybody reads it, since people write it down.
public struct Sealer: Sendable {
    /// How many facts one transaction seals; a batch is never cut.
    static let factLimit: Int64 = 2_000
    static let batchLimit: Int64 = 500
    /// How many facts of one table that are entries of their own one transaction seals.
    static let singleLimit = 500
    /// No transaction is under way for so long, so facts that are older than the last look by this are sealed.
    static let graceSeconds: Int64 = 3_600
    /// Between two looks for facts that no batch names.
    static let lookSeconds: Int64 = 60
    /// The write lanes get at least half of the time.
    private static let longestPause = Duration.milliseconds(100)

    let pool: Pool
    let clock: StoreClock
    let logger: Logger

    /// Seals everything that waits. An organisation that fails does not keep the others waiting; the first such error is
    /// thrown at the end.
    ///
    /// - Parameter isComplete: look for facts that no batch names even where somebody looked a moment ago.
    /// - Returns: how many entries were added.
    @discardableResult
    public func sealDue(isComplete: Bool = false) async throws -> Int {
        var added = 0
        var failure: (any Error)?
        for organisation in try await due(isComplete: isComplete) {
            do {
                added += try await sealBatches(of: organisation)
                added += try await sealSingles(of: organisation, isForced: isComplete)
            } catch {
                if Task.isCancelled { throw error }
                logger.error("the ledger of an organisation could not be sealed", metadata: ["org_id": "\(organisation)", "error": "\(error)"])
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return added
    }

    private func due(isComplete: Bool) async throws -> [Identifier] {
        let now = clock.now()
        return try await pool.withSession { session in
            var parameters = Parameters()
            parameters.timestamp(microsecondsSince1970: isComplete ? now.adding(seconds: 1).microseconds : Self.lookTime(now).microseconds)
            let rows = try session.execute(SealStatements.due, parameters)
            return try (0..<rows.count).map { row -> Identifier in try rows.uuid(row, 0) }
        }
    }

    /// Who was looked through at this time or before is looked through again.
    static func lookTime(_ now: Timestamp) -> Timestamp { now.adding(seconds: -lookSeconds) }

    // MARK: - Batches

    private func sealBatches(of organisation: Identifier) async throws -> Int {
        var added = 0
        var after = Identifier.none
        while true {
            try Task.checkCancellation()
            let started = ContinuousClock.now
            let (now, from) = (clock.now(), after)
            let page = try await pool.withSession { session in
                // Most organisations have nothing, most of the time.
                guard try Self.waiting(organisation, after: from, in: session).batches.isEmpty == false else { return (0, false, from) }
                return try session.transaction { try Self.sealPage(of: organisation, after: from, at: now, in: $0) }
            }
            added += page.0
            after = page.2
            guard page.1 else { return added }
            try await Task.sleep(for: min(ContinuousClock.now - started, Self.longestPause))
        }
    }

    private static func sealPage(
        of organisation: Identifier, after: Identifier, at now: Timestamp, in session: Session
    ) throws -> (added: Int, mayBeMore: Bool, last: Identifier) {
        var state = try SealState.lock(organisation, at: now, in: session)
        let (batches, mayBeMore) = try waiting(organisation, after: after, in: session)
        guard let first = batches.first, let last = batches.last else { return (0, false, after) }
        let facts = try SealedFacts(organisation, in: session).batches(batches)
        for batch in batches {
            let found = facts[batch.id] ?? []
            let digests = found.compactMap { $0.line?.digest }
            // Before a fact is left out of the chain, all of them wait until somebody has looked.
            guard !found.isEmpty, digests.count == found.count else {
                throw StoreError(.corrupt, "\(found.first { $0.line == nil }?.name ?? "batch \(batch.id)") is gone before it was sealed")
            }
            state.append(source: SealedTable.batches.name, key: batch.id, madeAt: batch.madeAt, facts: digests)
        }
        var forget = Parameters()
        forget.uuid(organisation)
        forget.uuidArray(batches.map(\.id))
        forget.uuid(first.id)
        forget.uuid(last.id)
        let results = try session.pipeline([PipelineStep(SealStatements.forget, forget)] + state.steps(organisation))
        guard results[0].affected == batches.count else { throw StoreError(.corrupt, "batches were sealed twice") }
        return (batches.count, mayBeMore, last.id)
    }

    static func waiting(
        _ organisation: Identifier, after: Identifier, in session: Session
    ) throws -> (batches: [(id: Identifier, madeAt: Timestamp)], mayBeMore: Bool) {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.int8(batchLimit)
        parameters.uuid(after)
        let rows = try session.execute(SealStatements.waiting, parameters)
        var batches: [(id: Identifier, madeAt: Timestamp)] = []
        var facts: Int64 = 0
        for row in 0..<rows.count {
            facts += try rows.int8(row, 2)
            if facts > factLimit, !batches.isEmpty { break }
            batches.append((try rows.uuid(row, 0), Timestamp(microseconds: try rows.timestamp(row, 1))))
        }
        return (batches, batches.count < rows.count || rows.count >= batchLimit)
    }
}
