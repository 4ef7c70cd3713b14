internal import Foundation
public import Ledger
internal import Synchronization

/// The time of the ledger, which is the database's: every batch reads it there and corrects this estimate.
public final class StoreClock: Sendable {
    public enum Mode: Sendable {
        case database
        /// The time stands in a database row and moves only when somebody advances it.
        case test
    }

    public let mode: Mode
    /// Database: microseconds that its clock is ahead of this machine's. Test: the time itself.
    private let value: Atomic<Int64>

    public init(_ mode: Mode) {
        self.mode = mode
        value = Atomic(0)
    }

    /// The best estimate of the database's time now.
    public func now() -> Timestamp {
        let known = value.load(ordering: .relaxed)
        return Timestamp(microseconds: mode == .test ? known : Self.machine() + known)
    }

    /// Takes over a time that was just read from the database.
    public func observe(_ time: Timestamp) {
        guard mode == .test else { return value.store(time.microseconds - Self.machine(), ordering: .relaxed) }
        // A test clock never goes back: a time that was read before somebody advanced it comes too late.
        _ = value.max(time.microseconds, ordering: .relaxed)
    }

    private static func machine() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
