internal import Foundation

/// One cancellation on its way, on a thread of its own because libpq blocks in it without a limit.
///
/// Unchecked: the flag is guarded by the condition.
final class CancelRequest: @unchecked Sendable {
    private let condition = NSCondition()
    private var finished = false

    init(_ handle: CancelHandle) {
        Thread.detachNewThread {
            handle.send()
            self.condition.lock()
            self.finished = true
            self.condition.broadcast()
            self.condition.unlock()
        }
    }

    /// Whether the server has been told. Only then is it certain that the request cannot hit a later statement.
    var isFinished: Bool {
        condition.lock()
        defer { condition.unlock() }
        return finished
    }

    /// Waits for ``isFinished`` until the deadline.
    func wait(until deadline: Deadline) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while !finished {
            let (seconds, attoseconds) = deadline.remaining.components
            let interval = Double(seconds) + Double(attoseconds) * 1e-18
            if interval <= 0 || !condition.wait(until: Date(timeIntervalSinceNow: interval)) { return finished }
        }
        return true
    }
}
