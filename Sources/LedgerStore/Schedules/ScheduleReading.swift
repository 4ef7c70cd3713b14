public import Ledger

/// All that a replica needs to know in order to decide what to run, read at once.
public struct ScheduleReading: Sendable {
    /// By name.
    public let schedules: [String: StoredSchedule]
    public let lease: SchedulerLease?
    /// The time of the ledger.
    public let now: Timestamp
    /// The database's own clock, which claims and the lease go by.
    public let moment: Timestamp
}
