internal import Ledger
internal import Logging
internal import Postgres

/// Works corrections off, one after the other in the order of their numbers, a bounded number of settlements a transaction: each
/// corrects its calls, moves their sums and says how far it got, so that whatever ends between two of them counts nothing twice and
/// leaves nothing out.
///
/// A settlement that waits for its roll-up is left to it: from here on the roll-up adds it under the corrected tags. Both hold the
/// lock of `UsageHead`; settlements are read before the list of what waits, so one that is not in that list was summed up before.
public struct CorrectionWork: Sendable {
    /// What one transaction came to.
    enum Step: Equatable {
        /// There is nothing to correct.
        case idle
        /// Part of a correction is done, or the last part of it.
        case advanced
        /// What was under way when the correction was asked for may still book.
        case early
        /// Too much waits for its roll-up.
        case behind
    }

    /// So many settlements may wait for their roll-up while something is corrected.
    static let backlogLimit: Int64 = 50_000
    static let organisationLimit = 1_000

    let pool: Pool
    let clock: StoreClock
    let rollUp: UsageRollUp
    let logger: Logger

    /// Works off everything that waits. An organisation that fails does not keep the others waiting; the first such error is thrown at
    /// the end.
    public func workDue() async throws {
        var failure: (any Error)?
        for organisation in try await due() {
            do {
                try await work(organisation)
            } catch {
                if Task.isCancelled { throw error }
                logger.error("a correction could not be applied", metadata: ["org_id": "\(organisation)", "error": "\(error)"])
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private func work(_ organisation: Identifier) async throws {
        while true {
            try Task.checkCancellation()
            let started = ContinuousClock.now
            switch try await step(organisation) {
            case .idle, .early: return
            case .behind: _ = try await rollUp.roll(organisation)
            case .advanced: break
            }
            // The write lanes get at least half of the time.
            try await Task.sleep(for: min(ContinuousClock.now - started, UsageRollUp.longestPause))
        }
    }

    private func due() async throws -> [Identifier] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.int8(Int64(Self.organisationLimit))
            let rows = try session.execute(CorrectionStatements.due, parameters)
            return try (0..<rows.count).map { row -> Identifier in try rows.uuid(row, 0) }
        }
    }

    /// One transaction.
    func step(_ organisation: Identifier) async throws -> Step {
        let now = clock.now()
        return try await pool.withTransaction { session in
            _ = try UsageHead.lock(organisation, in: session)
            var parameters = Parameters()
            parameters.uuid(organisation)
            let rows = try session.execute(CorrectionStatements.next, parameters)
            guard rows.count == 1 else { return .idle }
            guard try rows.bool(0, 2) else { return .early }
            guard try Self.backlog(organisation, in: session) <= Self.backlogLimit else { return .behind }
            let correction = try Self.correction(try rows.int8(0, 0), of: organisation, in: session)
            let batch: Identifier = try rows.uuid(0, 1)
            var part = try CorrectionPart.read(correction, of: organisation, after: batch, in: session)
            try part.fit(after: batch, of: organisation, in: session)
            try part.write(organisation, at: now, in: session)
            return .advanced
        }
    }

    private static func backlog(_ organisation: Identifier, in session: Session) throws -> Int64 {
        var parameters = Parameters()
        parameters.uuid(organisation)
        return try session.execute(ReportStatements.waiting, parameters).int8(0, 0)
    }

    private static func correction(_ number: Int64, of organisation: Identifier, in session: Session) throws -> StoredCorrection {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.int8(number)
        let rows = try session.execute(CorrectionStatements.byNumber, parameters)
        guard rows.count == 1 else { throw StoreError(.corrupt, "correction \(number) is gone") }
        return try StoredCorrection(rows, 0)
    }
}
