internal import Dispatch
internal import Synchronization

/// Runs what may block, one after another.
struct WriterThread: Sendable {
    private let queue = DispatchQueue(label: "purser.access-log")

    func run(_ body: @escaping @Sendable () -> Void) { queue.async(execute: body) }

    /// Returns when all that was asked for has run, or after so long. Cancellation does not shorten it.
    func drain(withinMilliseconds limit: Int) async {
        let isOver = Atomic(false)
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let resume: @Sendable () -> Void = {
                if isOver.exchange(true, ordering: .relaxed) == false { continuation.resume() }
            }
            queue.async(execute: resume)
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(limit), execute: resume)
        }
    }
}
