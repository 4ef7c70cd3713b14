public import Ledger

/// What became of a batch, once it is on disk.
public struct BatchReport: Sendable {
    /// An operation of the batch.
    public struct Entry: Sendable {
        public let operation: Operation
        public let outcome: Outcome
        /// Of the hold that the operation ended or changed; nil for all others.
        public let hold: HoldFacts?
        /// How long the operation waited for its batch to begin.
        public let wait: Duration
    }

    /// What a hold was opened for.
    public struct HoldFacts: Sendable {
        public let model: String?
        public let tool: String?
        let storedTags: [UInt8]

        /// Decoded each time; empty where the stored text cannot be read.
        public var tags: Tags { (try? TagsJSON.decode(storedTags)) ?? Tags() }
    }

    /// An event that the batch set off.
    public struct Effect: Sendable {
        public let kind: Event.Kind
        /// The envelope, or the rule where it has no envelope.
        public let name: String
    }

    public let organisation: Organisation
    /// The ledger's time at which it was decided.
    public let at: Timestamp
    public let entries: [Entry]
    public let effects: [Effect]
    public let trips: [RoundTrip]
    /// How often it began again because the configuration, a window or the database changed under it.
    public let restarts: Int
}
