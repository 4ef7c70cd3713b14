internal import Ledger

/// A scheduled job as people see it.
public struct ScheduleStatus: Sendable {
    public let schedule: StoredSchedule
    /// How often it runs, such as `minute` or `day at 03:00 UTC`.
    public let every: String
    /// Whole seconds by which it is behind; 0 where it is not due.
    public let lateSeconds: Int64
    public let isRunning: Bool

    /// As of a reading.
    public init(_ schedule: StoredSchedule, every: String, in reading: ScheduleReading) {
        self.schedule = schedule
        self.every = every
        lateSeconds = max(0, reading.now.seconds - schedule.nextDueAt.seconds)
        isRunning = schedule.isRunning(at: reading.moment)
    }
}
