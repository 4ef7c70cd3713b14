public import LedgerStore
public import Logging
public import ServiceLifecycle
internal import Synchronization

/// Releases the holds of whom a suspension stops, as soon as this replica has opened one, and looks again until none can be
/// left. What a replica leaves that is gone, the job `sweep-suspensions` takes up.
public final class HoldSweeper: Service {
    private let sweeps: SuspensionSweeps
    private let interval: Duration
    private let logger: Logger
    /// Whether something is to be looked at again.
    private let isWaiting = Atomic(false)

    /// - Parameter interval: between two looks while something waits.
    public init(sweeps: SuspensionSweeps, interval: Duration = .milliseconds(250), logger: Logger) {
        self.sweeps = sweeps
        self.interval = interval
        self.logger = logger
    }

    public func run() async throws {
        sweeps.signal.raise()
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { tasks in
                tasks.addTask { await self.remind() }
                for await _ in self.sweeps.signal.raised { await self.sweep() }
                tasks.cancelAll()
            }
        }
    }

    private func sweep() async {
        do {
            isWaiting.store(try await sweeps.sweepDue(), ordering: .relaxed)
        } catch {
            guard !Task.isCancelled else { return }
            isWaiting.store(true, ordering: .relaxed)
            logger.warning("not every hold of a suspension could be released; the next look tries again", metadata: ["error": "\(error)"])
        }
    }

    private func remind() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: interval)
            if isWaiting.load(ordering: .relaxed) { sweeps.signal.raise() }
        }
    }
}
