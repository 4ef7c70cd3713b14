public import Ledger

/// What a run is told. All times are the ledger's.
public struct JobContext: Sendable {
    /// The due time that the run is for; the moment itself where somebody asked for the run.
    public let dueAt: Timestamp
    public let now: Timestamp
    /// How many due times before this one have no run of their own.
    public let missed: Int64

    public init(dueAt: Timestamp, now: Timestamp, missed: Int64) {
        self.dueAt = dueAt
        self.now = now
        self.missed = missed
    }
}
