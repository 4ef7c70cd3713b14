internal import Foundation

/// A `flock(2)` on a file, released by ``release()``, by deinit, or by the death of the process.
final class FileLock {
    enum Kind { case shared, exclusive }

    private(set) var descriptor: Int32
    private let path: String

    /// Takes the lock, waiting for it until the deadline.
    init(_ path: String, _ kind: Kind, until deadline: Deadline) throws(PostgresError) {
        self.path = path
        descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw PostgresError(.cluster, "\(path): \(String(cString: strerror(errno)))") }
        // There is no flock with a time limit.
        while !tryLock(kind) {
            guard !deadline.hasPassed else {
                release()
                throw PostgresError(.cluster, "another process has held \(path) for too long")
            }
            usleep(20_000)
        }
    }

    deinit { release() }

    /// Takes the lock in another way if nobody is in the way of that. When it fails, the lock may be lost.
    func tryLock(_ kind: Kind) -> Bool {
        let operation = kind == .shared ? LOCK_SH : LOCK_EX
        while flock(descriptor, operation | LOCK_NB) != 0 {
            guard errno == EINTR else { return false }
        }
        return true
    }

    func release() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        descriptor = -1
    }
}
