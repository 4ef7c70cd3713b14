internal import Foundation

/// Runs the jobs of an actor on a thread of its own, in order, so that the actor may block in `poll(2)` without taking a
/// thread from Swift's pool.
///
/// The thread ends after the executor is released. A hop to it costs microseconds: do a batch of work in each.
public final class ThreadExecutor: SerialExecutor {
    private let jobs = JobQueue()

    /// Starts a thread of this name, of which Linux shows the first 15 bytes.
    public init(name: String) {
        let jobs = jobs
        let thread = Thread { jobs.runUntilStopped(threadName: name) }
        thread.stackSize = 8 << 20
        thread.start()
    }

    deinit { jobs.stop() }

    public func enqueue(_ job: consuming ExecutorJob) {
        jobs.append(UnownedJob(job), for: self)
    }
}
