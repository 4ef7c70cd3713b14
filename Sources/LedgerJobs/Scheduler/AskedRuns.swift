internal import Ledger
internal import Synchronization

/// The runs that somebody asked for. Each goes on when whoever asked has gone, and ends with the scheduler at the latest.
final class AskedRuns: Sendable {
    private let tasks = Mutex<[Identifier: Task<Void, Never>]>([:])

    /// Starts a run, and waits for its end for some time.
    ///
    /// - Returns: whether it has ended.
    func run(_ id: Identifier, waiting: Duration, _ body: @escaping @Sendable () async -> Void) async -> Bool {
        let (ends, end) = AsyncStream<Void>.makeStream()
        tasks.withLock { tasks in
            tasks[id] = Task {
                await body()
                self.tasks.withLock { $0[id] = nil }
                end.yield()
                end.finish()
            }
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

    /// Cancels what still runs, and waits for it.
    func cancelAll() async {
        let running = tasks.withLock { Array($0.values) }
        for task in running { task.cancel() }
        for task in running { await task.value }
    }
}
