/// What became of a run that somebody asked for.
public enum AskedRun: Sendable {
    /// It ran; the schedule says how it ended.
    case ran(ScheduleStatus)
    /// It began and goes on.
    case goesOn(ScheduleStatus)
    /// Another run of the job is under way.
    case isRunning
    /// There is no such job.
    case unknown
}
