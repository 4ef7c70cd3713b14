public import Ledger
internal import Logging
internal import Postgres
public import ServiceLifecycle
internal import Synchronization

/// Wakes those who wait for the end of a question: at once where this replica ended it, and within a moment where
/// another did. One look at the database serves all who wait.
public final class ApprovalWatch: Service {
    /// How often the database is asked while somebody waits.
    private static let interval = Duration.milliseconds(40)
    /// How many may wait at once, of all organisations and of one.
    public static let capacity = 10_000
    public static let organisationCapacity = 2_000

    private struct Waiter {
        let organisation: Identifier
        let approval: Identifier
        let deadline: ContinuousClock.Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        private(set) var waiters: [UInt64: Waiter] = [:]
        private(set) var byOrganisation: [Identifier: Int] = [:]
        var next: UInt64 = 0
        var isClosed = false

        mutating func add(_ waiter: Waiter, _ number: UInt64) {
            waiters[number] = waiter
            byOrganisation[waiter.organisation, default: 0] += 1
        }

        mutating func remove(_ number: UInt64) -> Waiter? {
            guard let waiter = waiters.removeValue(forKey: number) else { return nil }
            let rest = byOrganisation[waiter.organisation, default: 1] - 1
            byOrganisation[waiter.organisation] = rest > 0 ? rest : nil
            return waiter
        }
    }

    private static let decidedStatement = Statement(
        "approval_decided",
        """
        SELECT f.* FROM unnest($1::uuid[], $2::uuid[]) AS k(org_id, id)
        CROSS JOIN LATERAL (
            SELECT d.approval_id FROM approval_decisions d WHERE d.org_id = k.org_id AND d.approval_id = k.id LIMIT 1
        ) f
        """
    )

    private let pool: Pool
    private let logger: Logger
    private let state = Mutex(State())

    init(pool: Pool, logger: Logger) {
        self.pool = pool
        self.logger = logger
    }

    /// Returns when the question may have ended, or the time is over; look then.
    ///
    /// - Throws: `StoreError` `overloaded` where too many wait already.
    public func wait(for approval: Identifier, of organisation: Identifier, upTo seconds: Int64) async throws {
        let deadline = ContinuousClock.now.advanced(by: .seconds(seconds))
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let waiter = Waiter(organisation: organisation, approval: approval, deadline: deadline, continuation: continuation)
                let refusal = state.withLock { state -> Result<Void, StoreError>? in
                    guard !state.isClosed, !Task.isCancelled else { return .success(()) }
                    guard state.waiters.count < Self.capacity, state.byOrganisation[organisation, default: 0] < Self.organisationCapacity else {
                        return .failure(StoreError(.overloaded, "too many wait for approvals already"))
                    }
                    state.add(waiter, number)
                    return nil
                }
                if let refusal { continuation.resume(with: refusal) }
            }
        } onCancel: {
            state.withLock { $0.remove(number) }?.continuation.resume()
        }
    }

    /// Wakes those who wait for questions that ended just now.
    func wake(_ approvals: Set<Identifier>) {
        take { approvals.contains($0.approval) }
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.interval)
                await look()
            }
        }
        state.withLock { $0.isClosed = true }
        take { _ in true }
    }

    private func look() async {
        let asked = state.withLock { state in Dictionary(state.waiters.values.map { ($0.approval, $0.organisation) }) { first, _ in first } }
        guard !asked.isEmpty else { return }
        do {
            let decided = try await pool.withSession { session in
                var parameters = Parameters()
                parameters.uuidArray(asked.map(\.value))
                parameters.uuidArray(asked.map(\.key))
                let rows = try session.execute(Self.decidedStatement, parameters)
                return Set(try (0..<rows.count).map { row -> Identifier in try rows.uuid(row, 0) })
            }
            wake(decided)
        } catch {
            logger.debug("could not look for decisions", metadata: ["error": "\(error)"])
        }
        let now = ContinuousClock.now
        take { $0.deadline <= now }
    }

    private func take(_ isDue: (Waiter) -> Bool) {
        let due = state.withLock { state in
            let due = state.waiters.filter { isDue($0.value) }
            return due.keys.compactMap { state.remove($0) }
        }
        for waiter in due { waiter.continuation.resume() }
    }
}
