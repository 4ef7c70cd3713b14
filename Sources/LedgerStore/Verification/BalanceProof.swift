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
    let version: Int64
    let held: Int64
    let spent: Int64
    private var facts: Int64 = 0
    private var heldSum: Int64 = 0
    private var spentSum: Int64 = 0
    private var chain: UInt64 = 0

    init(envelope: String, rule: String, version: Int64, held: Int64, spent: Int64) {
        self.envelope = envelope
        self.rule = rule
        self.version = version
        self.held = held
        self.spent = spent
    }

    /// Takes a fact into account; those that are newer than the balance as it was read are left out.
    mutating func add(version factVersion: Int64, heldChange: Int64, spentChange: Int64, held: Int64, spent: Int64) {
        guard factVersion <= version else { return }
        facts += 1
        heldSum &+= heldChange
        spentSum &+= spentChange
        chain &+= Self.hash(factVersion, held, spent)
        chain &-= Self.hash(factVersion - 1, held &- heldChange, spent &- spentChange)
    }

    /// What is wrong, or nil.
    var fault: String? {
        if facts != version { return "is at version \(version) but has \(facts) facts" }
        if heldSum != held { return "holds \(held) but its facts add up to \(heldSum)" }
        if spentSum != spent { return "has spent \(spent) but its facts add up to \(spentSum)" }
        if chain != Self.hash(version, held, spent) &- Self.hash(0, 0, 0) { return "has facts that do not follow from one another" }
        if held < 0 || spent < 0 { return "is negative: held \(held), spent \(spent)" }
        return nil
    }

    private static func hash(_ version: Int64, _ held: Int64, _ spent: Int64) -> UInt64 {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        for word in [version, held, spent] {
            state ^= UInt64(bitPattern: word)
            state = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            state = (state ^ (state >> 27)) &* 0x94D0_49BB_1331_11EB
            state ^= state >> 31
        }
        return state
    }
}
