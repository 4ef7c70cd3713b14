internal import Ledger

/// What people changed in a replayed period, each given to the first batch that knew of it. Clocks do not tell which came first.
struct EpochQueue {
    typealias Entry = (epoch: Int64, operation: RecordedOperation)

    private var waiting: ArraySlice<Entry>

    init(_ changes: [Entry]) { waiting = changes.sorted { $0.epoch < $1.epoch }[...] }

    /// Takes those that a batch knew of which decided by this epoch of the guards.
    mutating func take(upTo epoch: Int64) -> [Entry] {
        let taken = Array(waiting.prefix { $0.epoch <= epoch })
        waiting = waiting.dropFirst(taken.count)
        return taken
    }
}
