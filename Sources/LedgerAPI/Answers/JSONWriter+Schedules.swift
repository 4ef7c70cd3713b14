internal import JSON
internal import Ledger
internal import LedgerStore

extension JSONWriter {
    /// A scheduled job.
    mutating func schedule(_ status: ScheduleStatus) {
        let schedule = status.schedule
        object { writer in
            writer.name("name")
            writer.string(schedule.name)
            writer.name("every")
            writer.string(status.every)
            writer.name("next_at")
            writer.time(schedule.nextDueAt)
            writer.name("last_at")
            writer.string(schedule.lastStartedAt?.description)
            writer.name("last_finished_at")
            writer.string(schedule.lastFinishedAt?.description)
            writer.name("last_state")
            writer.string(schedule.lastState?.rawValue)
            writer.name("last_error")
            writer.string(schedule.lastError)
            for (name, count) in [("missed", schedule.missed), ("runs", schedule.runs), ("failures", schedule.failures)] {
                writer.name(name)
                writer.integer(count)
            }
            writer.name("late_seconds")
            writer.integer(status.lateSeconds)
            writer.name("running")
            writer.bool(status.isRunning)
        }
    }
}
