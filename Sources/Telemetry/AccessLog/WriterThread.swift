internal import Dispatch

/// Runs what may block, one after another.
struct WriterThread: Sendable {
    private let queue = DispatchQueue(label: "purser.access-log")

    func run(_ body: @escaping @Sendable () -> Void) { queue.async(execute: body) }
}
