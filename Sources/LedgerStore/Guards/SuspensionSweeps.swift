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
    /// Whoever took one and is gone loses it after this long.
    private static let claimSeconds: Int64 = 5

    let pool: Pool
    let lanes: WriteLanes
    let directory: OrganisationDirectory
    public let signal: SweepSignal
    let logger: Logger

    /// Looks for the holds of every suspension that is due. A failure with one does not stop the others; the first is thrown at
    /// the end, and the look is made again.
    ///
    /// - Returns: whether any suspension is to be looked at again.
    @discardableResult
    public func sweepDue() async throws -> Bool {
        var failure: (any Error)?
        for due in try await due() {
            try Task.checkCancellation()
            do {
                if let sweep = try await claim(due) { try await look(sweep) }
            } catch {
                logger.warning("the holds of a suspension could not be swept", metadata: ["suspension": "\(due.suspension)", "error": "\(error)"])
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return try await pool.withSession { try $0.execute(SweepStatements.waiting, Parameters()).bool(0, 0) }
    }

    private struct Due {
        let organisation: Identifier
        let suspension: Identifier
        let moment: Timestamp
        let horizon: Int64
    }

    private func due() async throws -> [Due] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.int8(Self.passLimit)
            let rows = try session.execute(SweepStatements.due, parameters)
            return try (0..<rows.count).map { row in
                Due(
                    organisation: try rows.uuid(row, 0), suspension: try rows.uuid(row, 1),
                    moment: Timestamp(microseconds: try rows.timestamp(row, 2)), horizon: try rows.int8(row, 3))
            }
        }
    }

    /// Nil where another replica was first.
    private func claim(_ due: Due) async throws -> HoldSweep? {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(due.organisation)
            parameters.uuid(due.suspension)
            parameters.timestamp(microsecondsSince1970: due.moment.microseconds)
            parameters.timestamp(microsecondsSince1970: due.moment.adding(seconds: Self.claimSeconds).microseconds)
            parameters.int8(due.horizon)
            let rows = try session.execute(SweepStatements.claim, parameters)
            guard rows.count == 1, let state = try directory.refresh(due.organisation, in: session) else { return nil }
            return HoldSweep(
                state: state, suspension: due.suspension, subject: try GuardQueries.subject(rows, 0, from: 0),
                openedAt: Timestamp(microseconds: try rows.timestamp(0, 2)), beganAt: Timestamp(microseconds: try rows.timestamp(0, 3)),
                lookedAt: due.moment, isAlone: try rows.int8(0, 6) >= (try rows.int8(0, 4)), found: Set(try rows.uuidArray(0, 5)))
        }
    }

    private func look(_ claimed: HoldSweep) async throws {
        var sweep = claimed
        var after = sweep.firstHold
        while true {
            try Task.checkCancellation()
            let cursor = after
            let page = try await pool.withSession { [sweep] in try sweep.page(after: cursor, in: $0) }
            if !page.covered.isEmpty {
                sweep.found.formUnion(page.covered)
                try await release(page.covered, of: sweep)
            }
            guard let last = page.last else { break }
            after = last
        }
        try await pool.withSession { [sweep] in try sweep.finish(in: $0) }
    }

    /// They were noted before, so that they are counted whatever happens now.
    private func release(_ holds: [Identifier], of sweep: HoldSweep) async throws {
        let (lanes, state) = (lanes, sweep.state)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for hold in holds {
                let request = SettleRequest(key: nil, reservation: hold, action: .release(reason: Self.reason))
                group.addTask { _ = try await lanes.submit(.settle(request), state: state) }
            }
            try await group.waitForAll()
        }
    }
}
