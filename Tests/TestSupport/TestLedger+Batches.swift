internal import Ledger
package import LedgerStore
internal import Postgres

extension TestLedger {
    /// Holds the write lane up at the start of its next transaction while `body` runs.
    package func whileBlocked<R>(_ body: () async throws -> R) async throws -> R {
        let owner = try database.owner()
        defer { owner.close() }
        // Every batch reads the epoch row.
        try owner.run("BEGIN; LOCK TABLE org_epochs IN ACCESS EXCLUSIVE MODE")
        do {
            let result = try await body()
            try owner.run("COMMIT")
            return result
        } catch {
            try owner.run("ROLLBACK")
            throw error
        }
    }

    /// How many sessions of the database wait for a lock.
    package func blockedSessions() throws -> Int64 {
        try database.number("SELECT count(*) FROM pg_stat_activity WHERE datname = '\(database.name)' AND wait_event_type = 'Lock'")
    }

    /// Ends the sessions that wait: for a lock, or at COMMIT for a standby. How many those were.
    package func endWaitingSessions() throws -> Int64 {
        try database.number(
            """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = '\(database.name)' AND (wait_event_type = 'Lock' OR wait_event = 'SyncRep')
            """)
    }

    /// Does operations in one batch, in this order, and tells what became of each.
    package func inOneBatch(_ operations: [LedgerStore.Operation]) async throws -> [Result<Outcome, any Error>] {
        _ = try await state()
        return try await withThrowingTaskGroup(of: (Int, Result<Outcome, any Error>).self) { tasks in
            try await whileBlocked {
                // Occupies the lane, and changes nothing.
                let plug = LedgerStore.Operation.settle(SettleRequest(key: gateway, reservation: .fresh(at: now), action: .release(reason: nil)))
                tasks.addTask { (-1, await outcome(of: plug)) }
                guard try await eventually({ try blockedSessions() == 1 && store.lanes.depth == 0 }) else {
                    throw TestFailure("the lane does not wait")
                }
                for (index, operation) in operations.enumerated() {
                    tasks.addTask { (index, await outcome(of: operation)) }
                    guard try await eventually({ store.lanes.depth == index + 1 }) else { throw TestFailure("an operation does not queue") }
                }
            }
            var outcomes: [Int: Result<Outcome, any Error>] = [:]
            for try await (index, outcome) in tasks { outcomes[index] = outcome }
            return try operations.indices.map { index in
                guard let outcome = outcomes[index] else { throw TestFailure("operation \(index) has no outcome") }
                return outcome
            }
        }
    }

    private func outcome(of operation: LedgerStore.Operation) async -> Result<Outcome, any Error> {
        do { return .success(try await submit(operation)) } catch { return .failure(error) }
    }

    /// The names of the outcomes of operations that were done in one batch.
    package func namesInOneBatch(_ operations: [LedgerStore.Operation]) async throws -> [String] {
        try await inOneBatch(operations).map { result in
            switch result {
            case .success(let outcome): outcome.name
            case .failure(let error): (error as? StoreError).map { "error: \($0.code)" } ?? "error: \(error)"
            }
        }
    }

    /// Does operations at once, as they come. Counts the outcomes by name.
    package func atOnce(_ operations: [LedgerStore.Operation]) async throws -> [String: Int] {
        try await withThrowingTaskGroup(of: String.self) { tasks in
            for operation in operations { tasks.addTask { try await submit(operation).name } }
            return try await tasks.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
    }
}
