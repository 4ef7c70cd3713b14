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
    /// A reading is late by what it took to arrive. So an earlier one that says more is kept, but not for longer than this: clocks drift
    /// apart, and are set.
    private static let keptMicroseconds: Int64 = 3_000_000

    /// Database: microseconds that its clock is ahead of this machine's. Test: the time itself.
    private let value = Atomic<Int64>(0)
    /// Database: when that was observed, by this machine's clock.
    private let observedAt = Atomic<Int64>(.min)

    public init(_ mode: Mode) { self.mode = mode }

    /// The best estimate of the database's time now.
    public func now() -> Timestamp {
        let known = value.load(ordering: .relaxed)
        return Timestamp(microseconds: mode == .test ? known : Self.machine() + known)
    }

    /// Takes over a time that was just read from the database.
    public func observe(_ time: Timestamp) { observe(time, machine: Self.machine()) }

    /// - Parameter machine: the time by this machine's clock in microseconds.
    package func observe(_ time: Timestamp, machine: Int64) {
        guard mode == .database else {
            // A test clock never goes back: a time that was read before somebody advanced it comes too late.
            _ = value.max(time.microseconds, ordering: .relaxed)
            return
        }
        let ahead = time.microseconds - machine
        let (age, isFirst) = machine.subtractingReportingOverflow(observedAt.load(ordering: .relaxed))
        guard isFirst || ahead >= value.load(ordering: .relaxed) || !(0..<Self.keptMicroseconds).contains(age) else { return }
        value.store(ahead, ordering: .relaxed)
        observedAt.store(machine, ordering: .relaxed)
    }

    private static func machine() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
