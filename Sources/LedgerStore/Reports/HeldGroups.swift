internal import Ledger

/// What the open holds of an organisation hold, by groups that reports do not tell apart further.
struct HeldGroups: Sendable, Hashable {
    /// Holds by one of them.
    struct Group: Sendable, Hashable {
        let hold: Identifier
        /// Nil: what the hold itself holds.
        let cost: Int64?
    }

    /// Which holds no group stands for.
    enum Rest: Sendable {
        case withoutGroup, all
    }

    var groups: [Group] = []
    /// What is to be read besides; nil: nothing.
    var rest: Rest?
    /// How many holds the groups stand for.
    var holds: Int64 = 0
}
