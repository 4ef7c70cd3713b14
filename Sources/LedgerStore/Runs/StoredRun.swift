public import Ledger

/// One agent task as its facts tell it, to the present.
public struct StoredRun: Sendable {
    public enum State: String, Sendable {
        /// An open suspension covers its next call.
        case suspended
        /// A hold is open.
        case open
        /// Nothing is under way.
        case idle
    }

    /// A suspension of the run, or of who its calls are made for.
    public struct Suspended: Sendable {
        public let suspension: Suspension
        public let openedBy: String
        /// Whether it still stops calls.
        public let isOpen: Bool
    }

    public let id: String
    public let state: State
    /// Those of its first call.
    public let tags: Tags
    public let firstAt: Timestamp
    public let lastAt: Timestamp
    /// What was booked.
    public let charged: Amounts
    /// What open holds hold.
    public let held: Amounts
    public let admitted: Int64
    public let openHolds: Int64
    /// Refused calls that have a row of their own, by problem, most first.
    public let refusals: [(problem: String, count: Int64)]
    /// Refused calls of the run's agents, of whatever run, that were only counted, in the minutes from its first call to its last; nil:
    /// they may be of others than the key sees.
    public let uncounted: Int64?
    public let suspensions: [Suspended]
    /// What the breakers on runs count of it. They count all of its calls, so a key that is bound to tags sees none.
    public let counters: [Counter]
    public let steps: [RunStep]
    /// The last step of this page; nil: there is no other page.
    public let next: Identifier?
}
