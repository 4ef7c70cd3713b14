internal import Foundation

/// What a ``ThreadExecutor`` has to do.
///
/// Unchecked: the condition guards all of it.
final class JobQueue: @unchecked Sendable {
    private typealias Entry = (job: UnownedJob, executor: ThreadExecutor)

    private let condition = NSCondition()
    private var entries: [Entry] = []
    private var isStopped = false

    /// The entry keeps the executor alive until its job has run.
    func append(_ job: UnownedJob, for executor: ThreadExecutor) {
        condition.lock()
        entries.append((job, executor))
        condition.signal()
        condition.unlock()
    }

    func stop() {
        condition.lock()
        isStopped = true
        condition.signal()
        condition.unlock()
    }

    func runUntilStopped() {
        while let entries = next() {
            for (job, executor) in entries {
                job.runSynchronously(on: executor.asUnownedSerialExecutor())
            }
        }
    }

    /// All that is there, at least one job; nil at the end.
    private func next() -> [Entry]? {
        condition.lock()
        defer { condition.unlock() }
        while entries.isEmpty {
            if isStopped { return nil }
            condition.wait()
        }
        defer { entries = [] }
        return entries
    }
}
