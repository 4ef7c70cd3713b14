internal import Foundation

/// `poll(2)` for one socket.
enum Socket {
    /// Waits until one of `events` is there. Returns what is, 0 when the time is over.
    static func wait(_ socket: Int32, for events: Int16, milliseconds: Int32) throws(PostgresError) -> Int16 {
        guard socket >= 0 else { throw PostgresError(.connectionLost, "the connection has no socket") }
        var descriptor = pollfd(fd: socket, events: events, revents: 0)
        let ready = poll(&descriptor, 1, milliseconds)
        if ready < 0 {
            // Interrupted by a signal: the caller looks at its clock and comes again.
            if errno == EINTR { return 0 }
            throw PostgresError(.connectionLost, "poll: \(String(cString: strerror(errno)))")
        }
        return ready == 0 ? 0 : descriptor.revents
    }
}
