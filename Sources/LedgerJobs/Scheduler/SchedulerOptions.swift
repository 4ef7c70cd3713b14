/// How a scheduler works; the defaults are right but for tests.
public struct SchedulerOptions: Sendable {
    /// How long a replica that vanished keeps the others from running what is due.
    public var leaseSeconds: Int64 = 10
    /// How long a run that vanished keeps others from running its job. Renewed every third of it.
    public var claimSeconds: Int64 = 15
    /// After so many failed attempts a job goes on to its next due time.
    public var maximumAttempts: Int64 = 8
    public var backoff = Backoff()
    /// How long a run that somebody asked for waits for another of the job to end.
    public var patience: Duration = .seconds(2)
    /// How long whoever asked for a run waits for its end; then it goes on without him.
    public var attention: Duration = .seconds(10)

    public init() {}
}
