/// One trip of a batch to the database and back.
public struct RoundTrip: Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        /// Locks and reads.
        case read
        /// Writes and commits.
        case write
    }

    public let kind: Kind
    public let start: ContinuousClock.Instant
    public let duration: Duration
    /// How many operations the batch has.
    public let operations: Int
    public let succeeded: Bool
}
