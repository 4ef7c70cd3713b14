internal import Ledger
internal import LedgerStore

/// The balances that calls touched last, and of each envelope those nearest to their limit. Bounded, whatever the number of
/// keys: this replica's own view, without a query.
struct BalanceBoard {
    /// How many balances of an envelope are shown.
    static let keysPerEnvelope = 5
    /// How many balances are remembered; beyond it the least used are forgotten.
    static let capacity = 4_096

    struct Line {
        let organisation: String
        let identity: BalanceIdentity
        let ratio: Double
    }

    private var lines: [Identifier: Line] = [:]

    mutating func note(_ identity: BalanceIdentity, limit: Int64, held: Int64, spent: Int64, organisation: String) {
        guard !identity.isGrant else { return }
        let used = Double(held) + Double(spent)
        let ratio = limit > 0 ? used / Double(limit) : used > 0 ? 1 : 0
        lines[identity.id] = Line(organisation: organisation, identity: identity, ratio: ratio)
        if lines.count > Self.capacity { forget() }
    }

    /// The most used of each envelope, the most used first; those whose window is over are forgotten.
    mutating func nearest(at now: Timestamp) -> [Line] {
        lines = lines.filter { $0.value.identity.window.end.map { now < $0 } ?? true }
        var count: [String: Int] = [:]
        return lines.values.sorted { ($0.ratio, $1.identity.id) > ($1.ratio, $0.identity.id) }.filter { line in
            let name = "\(line.organisation)/\(line.identity.envelope)"
            count[name, default: 0] += 1
            return count[name, default: 0] <= Self.keysPerEnvelope
        }
    }

    private mutating func forget() {
        let kept = lines.values.sorted { $0.ratio > $1.ratio }.prefix(Self.capacity / 2)
        lines = Dictionary(uniqueKeysWithValues: kept.map { ($0.identity.id, $0) })
    }
}
