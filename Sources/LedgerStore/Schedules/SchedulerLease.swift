public import Ledger

/// Which replica runs what is due. Losing it costs nothing but time: what makes an effect happen once is a key in the
/// effect's own transaction.
public struct SchedulerLease: Hashable, Sendable {
    public let holder: Identifier
    /// Counts the holders.
    public let term: Int64
    /// By the database's own clock.
    public let expiresAt: Timestamp

    public init(holder: Identifier, term: Int64, expiresAt: Timestamp) {
        self.holder = holder
        self.term = term
        self.expiresAt = expiresAt
    }

    /// What a replica that wants to run what is due does next.
    public enum Step: Hashable, Sendable {
        /// Somebody else has it.
        case wait
        /// It is held, and for long enough.
        case keep
        /// Writes this one in place of what was read.
        case write(SchedulerLease)
    }

    /// Decides what to do about the lease as it was read.
    ///
    /// - Parameters:
    ///   - lease: nil: nobody ever had it.
    ///   - moment: the database's own clock when the lease was read.
    ///   - seconds: how long a lease lasts. It is renewed when a third of that is gone.
    public static func step(_ lease: SchedulerLease?, replica: Identifier, at moment: Timestamp, seconds: Int64) -> Step {
        let expiresAt = moment.adding(seconds: seconds)
        guard let lease else { return .write(SchedulerLease(holder: replica, term: 1, expiresAt: expiresAt)) }
        guard lease.expiresAt > moment else {
            return .write(SchedulerLease(holder: replica, term: lease.term + 1, expiresAt: expiresAt))
        }
        guard lease.holder == replica else { return .wait }
        let left = lease.expiresAt.microseconds - moment.microseconds
        guard left < seconds * 1_000_000 * 2 / 3 else { return .keep }
        return .write(SchedulerLease(holder: replica, term: lease.term, expiresAt: expiresAt))
    }
}
