/// What a policy would have made of recorded calls.
public struct ReplayReport: Sendable {
    /// One call that the replayed policy decides otherwise than the record says.
    public struct Difference: Sendable, Hashable {
        public let id: Identifier
        public let at: Timestamp
        public let recorded: String
        public let replayed: String
    }

    /// No more than this many differences are listed.
    public static let maximumListed = 20
    /// The most rows of each kind; what is beyond them counts as `others`.
    public static let maximumRows = 10_000
    /// The row of calls without the tag.
    public static let untagged = "(none)"
    /// The row of what found no place.
    public static let others = "(others)"

    /// All calls, and the sums of what differs.
    public internal(set) var total = ReplayTally()
    /// By what the record says: admitted (downgraded among them), downgraded, refused by the policy, barred by hand or key.
    public internal(set) var recordedAdmitted: Int64 = 0
    public internal(set) var recordedDowngraded: Int64 = 0
    public internal(set) var recordedRefused: Int64 = 0
    public internal(set) var barred: Int64 = 0
    /// Calls that the replayed policy admits, downgraded or not.
    public internal(set) var admitted: Int64 = 0
    public internal(set) var directCharges: Int64 = 0
    /// What was charged in the period, and what would have been, in nano-units. Holds that are still open count in neither.
    public internal(set) var recordedCost: Int64 = 0
    public internal(set) var replayedCost: Int64 = 0
    /// By the envelope that spoke; a call that several refuse counts in the row of each, its money in the first one's.
    public internal(set) var envelopes: [String: ReplayTally] = [:]
    public internal(set) var workflows: [String: ReplayTally] = [:]
    public internal(set) var agents: [String: ReplayTally] = [:]
    /// Calls that the replayed policy decides otherwise, with another model or another amount.
    public internal(set) var differences: Int64 = 0
    /// The first of them.
    public internal(set) var listed: [Difference] = []
    /// Refusals that were only counted, and so cannot be replayed.
    public var unrecordedRefusals: Int64 = 0
    /// Facts whose place in the order could not be proved by the versions of their balances.
    public var unplaced: Int64 = 0
    /// Envelopes that no balance of the record belongs to, because they are new or cut otherwise: theirs begin empty.
    public var beginsEmpty: [String] = []

    public init() {}

    /// Recorded cost less replayed cost, in nano-units.
    public var saved: Int64 { Int64(clamping: Int128(recordedCost) - Int128(replayedCost)) }

    static func add(_ tally: ReplayTally, to name: String, in rows: inout [String: ReplayTally]) {
        let row = rows[name] == nil && rows.count >= maximumRows ? others : name
        rows[row, default: ReplayTally()].add(tally)
    }
}
