internal import Ledger
internal import LedgerStore

/// The sessions that cost most lately, in this half hour and the one before, found in bounded memory.
struct SessionBoard {
    static let shown = 20
    static let windowSeconds: Int64 = 1_800

    struct Session: Hashable {
        let organisation: String
        let currency: String
        let id: String
    }

    private var current = SpaceSaving<Session>(capacity: 256)
    private var previous: [Session: Int64] = [:]
    private var window: Int64 = 0

    /// - Parameter cost: nano-units.
    mutating func note(_ session: Session, cost: Int64, at now: Timestamp) {
        turn(to: now)
        current.add(cost, to: session)
    }

    /// The dearest first.
    mutating func dearest(at now: Timestamp) -> [(session: Session, cost: Int64)] {
        turn(to: now)
        let sums = current.sums.merging(previous) { $0.addingReportingOverflow($1).overflow ? .max : $0 + $1 }
        return sums.sorted { ($0.value, $1.key.id) > ($1.value, $0.key.id) }.prefix(Self.shown).map { ($0.key, $0.value) }
    }

    private mutating func turn(to now: Timestamp) {
        let number = now.seconds / Self.windowSeconds
        guard number > window else { return }
        previous = number == window + 1 ? current.sums : [:]
        current.removeAll()
        window = number
    }
}
