import Foundation

/// The lock that a start of the managed PostgreSQL needs: while a test has it, the server stays away.
struct StartLock {
    private let descriptor: Int32

    init(data: String) throws {
        descriptor = open(data + "/start.lock", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0, flock(descriptor, LOCK_EX) == 0 else { throw Failure("\(data)/start.lock: \(String(cString: strerror(errno)))") }
    }

    func release() { close(descriptor) }
}
