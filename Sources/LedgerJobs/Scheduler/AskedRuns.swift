internal import Ledger
internal import Synchronization

/// The runs that somebody asked for. Each goes on when whoever asked has gone, and ends with the scheduler at the latest.
final class AskedRuns: Sendable {
    private struct State {
        var tasks: [Identifier: Task<Void, Never>] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Starts a run, and waits for its end for some time.
    ///
    /// - Returns: whether it has ended.
    func run(_ id: Identifier, waiting: Duration, _ body: @escaping @Sendable () async -> Void) async -> Bool {
        let (ends, end) = AsyncStream<Void>.makeStream()
        state.withLock { state in
            // Of its own: the request that asked may be over, with all that belongs to it.
            let task = Task.detached {
                await body()
                self.state.withLock { $0.tasks[id] = nil }
                end.yield()
                end.finish()
            }
            state.tasks[id] = task
            if state.isClosed { task.cancel() }
        }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in ends { return true }
                return false
            }
            group.addTask {
                try? await Task.sleep(for: waiting)
                return false
            }
            let hasEnded = await group.next() ?? false
            group.cancelAll()
            return hasEnded
        }
    }

    /// Cancels what still runs and what will be asked for, and waits for the first.
    func cancelAll() async {
        let running = state.withLock { state in
            state.isClosed = true
            return Array(state.tasks.values)
        }
        for task in running { task.cancel() }
        for task in running { await task.value }
    }
}
