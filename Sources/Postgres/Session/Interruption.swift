internal import Synchronization

/// Carries the cancellation of a task to the session that works for it on another thread.
final class Interruption: Sendable {
    private struct State {
        var isRequested = false
        var handle: CancelHandle?
        var request: CancelRequest?
    }

    private let state = Mutex(State())

    /// Whether the task was cancelled: no statement but ROLLBACK begins any more.
    var isRequested: Bool { state.withLock { $0.isRequested } }

    /// Cancels what the session does, now or as soon as it begins.
    func request() {
        state.withLock { state in
            state.isRequested = true
            if let handle = state.handle { state.request = CancelRequest(handle) }
        }
    }

    /// Cancels again if that was asked for: a request that comes between two messages of a pipeline is lost.
    func renewIfRequested() {
        state.withLock { state in
            guard state.isRequested, let handle = state.handle else { return }
            if let request = state.request, !request.isFinished { return }
            state.request = CancelRequest(handle)
        }
    }

    /// From here on requests go to this session.
    func attach(_ handle: CancelHandle) {
        state.withLock { $0.handle = handle }
    }

    /// From here on no request goes anywhere. The one that is still under way, if any, might hit whoever uses the
    /// session next.
    func detach() -> CancelRequest? {
        state.withLock { state in
            state.handle = nil
            return state.request
        }
    }
}
