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

    func runUntilStopped(threadName: String) {
        var batch: [Entry] = []
        var isNamed = false
        while take(&batch) {
            // Foundation names a thread only after `start()` has returned, which a job proves.
            if !isNamed { Thread.current.name = threadName }
            isNamed = true
            for (job, executor) in batch {
                job.runSynchronously(on: executor.asUnownedSerialExecutor())
            }
            // The last reference to the executor may go here, which ends the loop.
            batch.removeAll(keepingCapacity: true)
        }
    }

    /// Waits for jobs and takes all of them. False at the end.
    private func take(_ batch: inout [Entry]) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while entries.isEmpty {
            if isStopped { return false }
            condition.wait()
        }
        swap(&batch, &entries)
        return true
    }
}
