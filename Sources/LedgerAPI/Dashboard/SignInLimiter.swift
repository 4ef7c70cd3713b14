internal import NIOCore
internal import Synchronization

/// Bounds how often an address may fail to sign in at this replica. Keys cannot be guessed; this is against the load of trying.
/// Keys that are known without a look at the database are let in all the same.
final class SignInLimiter: Sendable {
    /// So many failures of an address within `window` are answered.
    static let maximumFailures = 20
    static let window = Duration.seconds(60)
    /// The most addresses that are remembered; beyond it all are forgotten.
    private static let capacity = 10_000

    private struct Failures {
        var count: Int
        var since: ContinuousClock.Instant
    }

    private let failures = Mutex<[String: Failures]>([:])

    /// Whether this address has failed too often lately.
    func isShut(to address: String, now: ContinuousClock.Instant = .now) -> Bool {
        failures.withLock { failures in
            guard let known = failures[address], now - known.since < Self.window else { return false }
            return known.count >= Self.maximumFailures
        }
    }

    func failed(_ address: String, now: ContinuousClock.Instant = .now) {
        failures.withLock { failures in
            if let known = failures[address], now - known.since < Self.window {
                failures[address]?.count = known.count + 1
                return
            }
            if failures.count >= Self.capacity { failures.removeAll() }
            failures[address] = Failures(count: 1, since: now)
        }
    }
}
