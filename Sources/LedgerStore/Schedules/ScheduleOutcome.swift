public import Ledger

/// How a run ended, and when the job is due next.
public struct ScheduleOutcome: Sendable {
    /// Nil for a run that somebody asked for, which leaves the due times as they are.
    public let due: Due?
    public let finishedAt: Timestamp
    /// Nil: it succeeded.
    public let error: String?

    public struct Due: Sendable {
        /// The due time that the run was for.
        public let at: Timestamp
        public let next: Timestamp
        /// Due times that the run was not for and that are behind now.
        public let missed: Int64
        /// Failed runs for the present due time; 0 once it is behind.
        public let attempts: Int64
        public let retryAt: Timestamp?

        public init(at: Timestamp, next: Timestamp, missed: Int64, attempts: Int64 = 0, retryAt: Timestamp? = nil) {
            self.at = at
            self.next = next
            self.missed = missed
            self.attempts = attempts
            self.retryAt = retryAt
        }
    }

    public init(due: Due?, finishedAt: Timestamp, error: String?) {
        self.due = due
        self.finishedAt = finishedAt
        self.error = error
    }
}
