internal import CLibPQ

/// libpq's key for cancelling what a session does, made when the session was opened.
///
/// Unchecked: libpq never changes the object and allows its use from any thread.
final class CancelHandle: @unchecked Sendable {
    private let key: OpaquePointer

    /// Nil when memory is short.
    init?(_ connection: OpaquePointer) {
        guard let key = PQgetCancel(connection) else { return nil }
        self.key = key
    }

    deinit { PQfreeCancel(key) }

    /// Opens a connection of its own to ask for the cancellation, and blocks until the server has sent the signal.
    func send() {
        var message = [CChar](repeating: 0, count: 256)
        _ = PQcancel(key, &message, 256)
    }
}
