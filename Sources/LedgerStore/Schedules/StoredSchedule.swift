public import Ledger

/// What is known of one scheduled job, shared by all replicas.
public struct StoredSchedule: Sendable {
    public enum State: String, Sendable { case ok, failed }

    public let name: String
    /// The first due time that was not done yet, in the ledger's time.
    public let nextDueAt: Timestamp
    /// The due time of the last run.
    public let lastDueAt: Timestamp?
    public let lastStartedAt: Timestamp?
    public let lastFinishedAt: Timestamp?
    public let lastState: State?
    /// Why the last run failed.
    public let lastError: String?
    /// Due times that passed without a run of their own.
    public let missed: Int64
    public let runs: Int64
    public let failures: Int64
    /// Failed runs for the present due time.
    public let attempts: Int64
    /// When the next attempt may begin, in the ledger's time; nil: at once.
    public let retryAt: Timestamp?
    /// Until when a run has it for itself, by the database's own clock; nil: nobody has.
    public let claimedUntil: Timestamp?

    /// Whether a run is under way, by the database's own clock.
    public func isRunning(at moment: Timestamp) -> Bool { claimedUntil.map { $0 > moment } ?? false }
}
