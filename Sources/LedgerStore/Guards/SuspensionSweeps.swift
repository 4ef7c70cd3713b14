internal import Ledger
internal import Logging
internal import Postgres

/// Releases the open holds of whom a suspension stops, through the write lanes, as a client would.
///
/// A batch that was under way when the suspension was opened may still admit a call. So holds are looked for again until no
/// transaction of that time is left and no caller of that time waits.
public struct SuspensionSweeps: Sendable {
    /// What the settlement of a hold says that a suspension released.
    public static let reason = "suspended"

    /// How many suspensions one pass takes.
    private static let passLimit: Int64 = 100

    let pool: Pool
    let lanes: WriteLanes
    let directory: OrganisationDirectory
    public let signal: SweepSignal
    let logger: Logger

    /// Looks for the holds of every suspension that is due. A failure in one organisation does not stop the others; the first is
    /// thrown at the end, and the look is made again.
    ///
    /// - Returns: whether any suspension is to be looked at again.
    @discardableResult
    public func sweepDue() async throws -> Bool {
        var failure: (any Error)?
        for due in try await due() {
            try Task.checkCancellation()
            do {
                if let pass = try await claim(due) { try await look(pass) }
            } catch {
                logger.warning(
                    "the holds of suspended subjects could not be swept",
                    metadata: ["suspensions": "\(due.suspensions.map(\.description))", "error": "\(error)"])
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return try await pool.withSession { try $0.execute(SweepStatements.waiting, Parameters()).bool(0, 0) }
    }

    /// The suspensions of one organisation that are due.
    private struct Due {
        let organisation: Identifier
        var suspensions: [Identifier] = []
        var moment: Timestamp
        /// When `moment` was read.
        let readAt: ContinuousClock.Instant
        let horizon: Int64
    }

    private func due() async throws -> [Due] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.int8(Self.passLimit)
            let readAt = ContinuousClock.now
            let rows = try session.execute(SweepStatements.due, parameters)
            var due: [Identifier: Due] = [:]
            for row in 0..<rows.count {
                let organisation: Identifier = try rows.uuid(row, 0)
                // The clock goes on from row to row; at the last reading all of them are due.
                let moment = Timestamp(microseconds: try rows.timestamp(row, 2))
                let horizon = try rows.int8(row, 3)
                var known = due[organisation] ?? Due(organisation: organisation, moment: moment, readAt: readAt, horizon: horizon)
                known.moment = max(known.moment, moment)
                known.suspensions.append(try rows.uuid(row, 1))
                due[organisation] = known
            }
            return Array(due.values)
        }
    }

    /// Nil where other replicas were first with all.
    private func claim(_ due: Due) async throws -> SweepPass? {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(due.organisation)
            parameters.uuidArray(due.suspensions)
            parameters.timestamp(microsecondsSince1970: due.moment.microseconds)
            let claim = due.moment.adding(seconds: SweepPass.claimSeconds)
            parameters.timestamp(microsecondsSince1970: claim.microseconds)
            parameters.int8(due.horizon)
            let rows = try session.execute(SweepStatements.claim, parameters)
            guard rows.count > 0, let state = try directory.refresh(due.organisation, in: session) else { return nil }
            let sweeps = try (0..<rows.count).map { row in
                HoldSweep(
                    organisation: due.organisation, suspension: try rows.uuid(row, 0), subject: try GuardQueries.subject(rows, row, from: 1),
                    openedAt: Timestamp(microseconds: try rows.timestamp(row, 3)), beganAt: Timestamp(microseconds: try rows.timestamp(row, 4)),
                    lookedAt: due.moment, isAlone: try rows.int8(row, 7) >= (try rows.int8(row, 5)), found: Set(try rows.uuidArray(row, 6)))
            }
            return SweepPass(state: state, sweeps, claim: claim, claimedAt: due.readAt)
        }
    }

    private func look(_ claimed: SweepPass) async throws {
        var pass = claimed
        var after = pass.firstHold
        while true {
            try Task.checkCancellation()
            let cursor = after
            let (page, looked) = try await pool.withSession { [pass] session in
                var looked = pass
                return (try looked.page(after: cursor, in: session), looked)
            }
            pass = looked
            if !page.covered.isEmpty { try await release(page.covered, state: pass.state) }
            guard let last = page.last else { break }
            after = last
        }
        try await pool.withSession { [pass] in try pass.finish(in: $0) }
    }

    /// They were noted before, so that they are counted whatever happens now.
    private func release(_ holds: [Identifier], state: OrganisationState) async throws {
        let lanes = lanes
        try await withThrowingTaskGroup(of: Void.self) { group in
            for hold in holds {
                let request = SettleRequest(key: nil, reservation: hold, action: .release(reason: Self.reason))
                group.addTask { _ = try await lanes.submit(.settle(request), state: state) }
            }
            try await group.waitForAll()
        }
    }
}
