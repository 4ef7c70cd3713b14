internal import Synchronization

/// Whether this process has made sure that every job has its row.
final class Registration: Sendable {
    private let done = Atomic(false)

    var isDone: Bool { done.load(ordering: .acquiring) }

    func finish() { done.store(true, ordering: .releasing) }
}
