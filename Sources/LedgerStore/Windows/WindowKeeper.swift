internal import Ledger
internal import Logging
internal import Postgres

/// Opens windows when they begin, so that a balance is there, with the credit that is carried, before anybody calls. A
/// call that comes first opens its window itself; both leave the same rows.
public struct WindowKeeper: Sendable {
    /// How often the work for one organisation starts again because its configuration or the time changed under it.
    private static let restartLimit = 20

    let pool: Pool
    let organisations: OrganisationStore
    let directory: OrganisationDirectory
    let partitions: PartitionKeeper
    let clock: StoreClock
    let logger: Logger

    /// Opens every window that has begun, of every organisation that is active. A failure of one organisation does not stop
    /// the others.
    ///
    /// - Returns: what went wrong, by organisation.
    public func openDue() async throws -> [(organisation: Organisation, error: any Error)] {
        var failures: [(organisation: Organisation, error: any Error)] = []
        for organisation in try await organisations.all() where organisation.state == .active {
            try Task.checkCancellation()
            do {
                try await open(organisation)
            } catch {
                try Task.checkCancellation()
                failures.append((organisation, error))
            }
        }
        return failures
    }

    // MARK: - One organisation

    private func open(_ organisation: Organisation) async throws {
        for attempt in 1...Self.restartLimit {
            do {
                guard try await openOnce(organisation) else { continue }
                return
            } catch let error as PostgresError where attempt < 5 {
                switch error.sqlState {
                case .checkViolation?: try await partitions.create(from: clock.now(), monthsAhead: 2)
                case .uniqueViolation?: continue
                default: guard error.isTransient, !error.isConnectionLoss else { throw error }
                }
            }
        }
        throw StoreError(.unavailable, "the configuration changes faster than windows can be opened")
    }

    /// False if the configuration or a window changed meanwhile.
    private func openOnce(_ organisation: Organisation) async throws -> Bool {
        let due: (state: OrganisationState, windows: [DueWindow])? = try await pool.withSession { session in
            guard let state = try directory.look(at: organisation.id, in: session) else { return nil }
            return (state, try dueWindows(state, in: session))
        }
        guard let due else { return true }
        for window in due.windows {
            try Task.checkCancellation()
            let work = WindowWork(due: window, state: due.state, clock: clock)
            guard try await openKeys(work) else { return false }
            try await pool.withTransaction { try work.record(in: $0) }
        }
        return true
    }

    /// A page is a transaction or a few; between pages the session is given back.
    private func openKeys(_ work: WindowWork) async throws -> Bool {
        guard let last = try await pool.withSession({ try work.lastInUse(in: $0) }) else { return true }
        var after = Identifier.none
        while true {
            try Task.checkCancellation()
            let start = after
            switch try await pool.withSession({ try work.openPage(after: start, last: last, in: $0) }) {
            case .more(let id): after = id
            case .done: return true
            case .changed: return false
            }
        }
    }

    private func dueWindows(_ state: OrganisationState, in session: Session) throws -> [DueWindow] {
        let candidates = DueWindow.candidates(state.policy, at: clock.now())
        guard !candidates.isEmpty else { return [] }
        var parameters = Parameters()
        parameters.uuid(state.organisation.id)
        parameters.textArray(candidates.map(\.envelope.name))
        parameters.textArray(candidates.map(\.envelope.rule))
        let rows = try session.execute(WindowStatements.lastOpenings, parameters)
        var opened: [Int: Timestamp] = [:]
        for row in 0..<rows.count { opened[Int(try rows.int8(row, 0)) - 1] = Timestamp(microseconds: try rows.timestamp(row, 1)) }
        return candidates.enumerated().compactMap { position, candidate in
            // A clock that was set back opens nothing again.
            if let last = opened[position], let start = candidate.window.start, start <= last { return nil }
            return DueWindow(envelope: candidate.envelope, window: candidate.window, lastOpened: opened[position])
        }
    }
}
