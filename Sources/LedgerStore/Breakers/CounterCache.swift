internal import Ledger

/// The counters that a lane has met, and so need not be made.
struct CounterCache {
    /// Beyond this many the cache starts anew.
    static let capacity = 100_000

    private var ids: Set<Identifier> = []

    func contains(_ id: Identifier) -> Bool { ids.contains(id) }

    mutating func learn(_ met: some Collection<Identifier>) {
        if ids.count + met.count > Self.capacity { ids.removeAll(keepingCapacity: true) }
        ids.formUnion(met)
    }

    /// Retention has removed them.
    mutating func forget(_ gone: some Sequence<Identifier>) { ids.subtract(gone) }
}
