internal import Ledger

/// Proves that the facts of one balance form one chain from nothing to what the balance is now, whatever order they are
/// read in.
///
/// Each fact states the balance after it, and what it changed, so it also states the balance before. Every state but
/// the first and the last must be stated once as an "after" and once as a "before". Adding a hash of each "after" and
/// taking away a hash of each "before" leaves just those two, if and only if the chain has no gap, no fork and no wrong
/// sum (but for a chance of 2⁻⁶⁴).
struct BalanceProof {
    let envelope: String
    let rule: String
    let meter: Meter
    let balance: Balance
    private var facts: Int64 = 0
    private var heldSum: Int64 = 0
    private var spentSum: Int64 = 0
    private var adjustments: [(version: Int64, amount: Int64)] = []
    private var chain: UInt64 = 0

    private var lastLimit: Int64?

    init(envelope: String, rule: String, meter: Meter, balance: Balance) {
        self.envelope = envelope
        self.rule = rule
        self.meter = meter
        self.balance = balance
    }

    /// Takes the entry of a fact into account; those that are newer than the balance as it was read are left out.
    mutating func add(_ entry: Entry, fact: Identifier) {
        guard entry.version <= balance.version else { return }
        facts += 1
        heldSum &+= entry.heldChange
        spentSum &+= entry.spentChange
        chain &+= Self.hash(entry.version, entry.held, entry.spent, fact)
        chain &-= Self.hash(entry.version - 1, entry.held &- entry.heldChange, entry.spent &- entry.spentChange, entry.previous)
        if entry.version == balance.version { lastLimit = entry.limit }
    }

    /// Takes what an adjustment changed the limit by into account.
    mutating func adjust(by amount: Int64, version: Int64) {
        if version <= balance.version { adjustments.append((version, amount)) }
    }

    /// What adjustments made of the limit before a version.
    func adjusted(before version: Int64) -> Int64 {
        adjustments.isEmpty ? 0 : adjustments.reduce(0) { $1.version < version ? $0 &+ $1.amount : $0 }
    }

    /// What is wrong, or nil.
    var fault: String? {
        if facts != balance.version { return "is at version \(balance.version) but has \(facts) facts" }
        if heldSum != balance.held { return "holds \(balance.held) but its facts add up to \(heldSum)" }
        if spentSum != balance.spent { return "has spent \(balance.spent) but its facts add up to \(spentSum)" }
        let adjustedSum = adjusted(before: .max)
        if adjustedSum != balance.marks.adjusted { return "is adjusted by \(balance.marks.adjusted) but its facts add up to \(adjustedSum)" }
        let whole = Self.hash(balance.version, balance.held, balance.spent, balance.lastFact) &- Self.hash(0, 0, 0, .none)
        if chain != whole { return "has facts that do not follow from one another" }
        if balance.held < 0 || balance.spent < 0 { return "is negative: held \(balance.held), spent \(balance.spent)" }
        if let lastLimit, lastLimit != balance.limit { return "has the limit \(balance.limit) but its last fact says \(lastLimit)" }
        return nil
    }

    private static func hash(_ version: Int64, _ held: Int64, _ spent: Int64, _ fact: Identifier) -> UInt64 {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        for word in [UInt64(bitPattern: version), UInt64(bitPattern: held), UInt64(bitPattern: spent), fact.high, fact.low] {
            state ^= word
            state = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            state = (state ^ (state >> 27)) &* 0x94D0_49BB_1331_11EB
            state ^= state >> 31
        }
        return state
    }
}
