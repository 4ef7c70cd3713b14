internal import Ledger
internal import LedgerStore

/// The sessions that cost most lately, in this half hour and the one before, found in bounded memory.
///
/// A session that is not known takes the place, and the cost, of the cheapest one (the Space-Saving sketch of Metwally et al.):
/// what is shown may be too much by that, and is never too little.
struct SessionBoard {
    static let shown = 20
    /// How many sessions each half hour remembers.
    static let capacity = 256
    static let windowSeconds: Int64 = 1_800

    struct Session: Hashable {
        let organisation: String
        let currency: String
        let id: String
    }

    private var current: [Session: Int64] = [:]
    private var previous: [Session: Int64] = [:]
    private var window: Int64 = 0

    /// - Parameter cost: nano-units.
    mutating func note(_ session: Session, cost: Int64, at now: Timestamp) {
        turn(to: now)
        if let known = current[session] {
            current[session] = known.addingReportingOverflow(cost).overflow ? .max : known + cost
        } else if current.count < Self.capacity {
            current[session] = cost
        } else if let cheapest = current.min(by: { $0.value < $1.value }) {
            current[cheapest.key] = nil
            current[session] = cheapest.value.addingReportingOverflow(cost).overflow ? .max : cheapest.value + cost
        }
    }

    /// The dearest first.
    mutating func dearest(at now: Timestamp) -> [(session: Session, cost: Int64)] {
        turn(to: now)
        let sums = current.merging(previous) { $0.addingReportingOverflow($1).overflow ? .max : $0 + $1 }
        return sums.sorted { ($0.value, $1.key.id) > ($1.value, $0.key.id) }.prefix(Self.shown).map { ($0.key, $0.value) }
    }

    private mutating func turn(to now: Timestamp) {
        let number = now.seconds / Self.windowSeconds
        guard number > window else { return }
        previous = number == window + 1 ? current : [:]
        current = [:]
        window = number
    }
}
