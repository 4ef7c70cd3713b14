internal import Ledger
internal import LedgerStore

/// The balances that calls touched last, and of each envelope those nearest to their limit. Bounded, whatever the number of
/// keys: this replica's own view, without a query.
struct BalanceBoard {
    /// How many balances of an envelope are shown.
    static let keysPerEnvelope = 5
    /// How many balances are remembered; beyond it those that were touched longest ago are forgotten, but for the ones shown.
    static let capacity = 4_096
    /// A balance that no call touches for so long is not shown: its run has ended, or another replica knows better.
    static let idleSeconds: Int64 = 1_800

    struct Line {
        let organisation: String
        let identity: BalanceIdentity
        var ratio: Double
        var seenAt: Timestamp
    }

    /// What tells lines apart where they are shown.
    private struct Key: Hashable {
        let organisation: String
        let envelope: String
        let meter: Meter
        let names: [String]
        let values: [String]
    }

    private var lines: [Identifier: Line] = [:]

    /// - Parameter now: the ledger's time.
    mutating func note(_ view: BalanceView, organisation: String, at now: Timestamp) {
        let identity = view.identity
        guard !identity.isGrant else { return }
        let used = Double(view.held) + Double(view.spent)
        let ratio = view.limit > 0 ? used / Double(view.limit) : used > 0 ? 1 : 0
        if lines[identity.id]?.note(ratio, at: now) != nil { return }
        lines[identity.id] = Line(organisation: organisation, identity: identity, ratio: ratio, seenAt: now)
        if lines.count > Self.capacity { forget(at: now) }
    }

    /// The most used of each envelope, the most used first; those that are over are forgotten.
    mutating func nearest(at now: Timestamp) -> [Line] {
        lines = lines.filter { $0.value.isCurrent(at: now) }
        return shown()
    }

    /// Of two balances of one key, as after another window was written into the policy, the one that was touched last.
    private func shown() -> [Line] {
        var latest: [Key: Line] = [:]
        for line in lines.values {
            let key = Key(
                organisation: line.organisation, envelope: line.identity.envelope, meter: line.identity.meter, names: line.identity.names,
                values: line.identity.values)
            if let known = latest[key], (known.seenAt, known.identity.id) > (line.seenAt, line.identity.id) { continue }
            latest[key] = line
        }
        var count: [String: Int] = [:]
        return latest.values.sorted { ($0.ratio, $1.identity.id) > ($1.ratio, $0.identity.id) }.filter { line in
            let name = "\(line.organisation)/\(line.identity.envelope)"
            count[name, default: 0] += 1
            return count[name, default: 0] <= Self.keysPerEnvelope
        }
    }

    private mutating func forget(at now: Timestamp) {
        lines = lines.filter { $0.value.isCurrent(at: now) }
        let dearest = shown().prefix(Self.capacity / 4)
        let latest = lines.values.sorted { $0.seenAt > $1.seenAt }.prefix(Self.capacity / 2)
        lines = Dictionary((dearest + latest).map { ($0.identity.id, $0) }) { first, _ in first }
    }
}

extension BalanceBoard.Line {
    fileprivate mutating func note(_ ratio: Double, at now: Timestamp) {
        self.ratio = ratio
        seenAt = max(seenAt, now)
    }

    fileprivate func isCurrent(at now: Timestamp) -> Bool {
        seenAt.adding(seconds: BalanceBoard.idleSeconds) > now && (identity.window.end.map { now < $0 } ?? true)
    }
}
