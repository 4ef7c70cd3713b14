public import LedgerStore

/// What the HTTP interface asks of the scheduled jobs.
public struct JobControl: Sendable {
    let runDue: @Sendable () async throws -> Void
    let list: @Sendable () async throws -> [ScheduleStatus]
    let runNow: @Sendable (String) async throws -> AskedRun

    /// - Parameters:
    ///   - runDue: runs every job that is due, and returns when all have run.
    ///   - list: the state of every job.
    ///   - runNow: runs the job of this name, whenever it is due.
    public init(
        runDue: @escaping @Sendable () async throws -> Void, list: @escaping @Sendable () async throws -> [ScheduleStatus],
        runNow: @escaping @Sendable (String) async throws -> AskedRun
    ) {
        self.runDue = runDue
        self.list = list
        self.runNow = runNow
    }
}
