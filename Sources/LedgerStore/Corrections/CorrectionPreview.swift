public import Ledger

/// What a correction would do, as things are now.
public struct CorrectionPreview: Sendable {
    /// Calls whose corrected tags change from the same values to the same values.
    public struct Group: Sendable {
        /// Those of the tags that the correction speaks of, where the calls have them.
        public let before: Tags
        public let after: Tags
        public internal(set) var sums = Sums()
    }

    public struct Sums: Sendable {
        public internal(set) var calls: Int64 = 0
        public internal(set) var settlements: Int64 = 0
        /// Nano-units.
        public internal(set) var cost: Int64 = 0
        public internal(set) var tokens: Int64 = 0

        mutating func add(_ settlements: [CallFacts.Settlement]) {
            UsageSums.add(&calls, 1)
            for settlement in settlements {
                UsageSums.add(&self.settlements, 1)
                UsageSums.add(&cost, settlement.fact.sums.cost)
                UsageSums.add(&tokens, settlement.fact.sums.tokens)
            }
        }
    }

    /// So many groups are told apart.
    public static let groupLimit = 100

    public internal(set) var totals = Sums()
    /// The dearest first.
    public internal(set) var groups: [Group] = []
    /// Of the groups beyond those.
    public internal(set) var others = Sums()
    public internal(set) var unchanged: Int64 = 0
    /// Settlements that were looked at, as far as they are the business of who asks.
    public internal(set) var lookedAt: Int64 = 0
    public internal(set) var faults: [CorrectionStore.Fault] = []
    /// Nil: everything was looked at; else the time up to which there was time to look.
    public internal(set) var reachedAt: Timestamp?
}
