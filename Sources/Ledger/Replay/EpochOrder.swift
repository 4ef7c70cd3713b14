/// Puts batches into the order of the epochs of the guards by which they decided; those of one epoch stay as they come. A batch that
/// knew of a change comes after all that did not, which its id alone does not tell where two servers decide within one moment.
public struct EpochOrder<Batch> {
    private struct Entry {
        let position: Int
        let epoch: Int64
        let batch: Batch
    }

    /// In order.
    private var waiting: [Entry] = []
    private var count = 0
    private var latest: Int64 = 0
    private let lookAhead: Int

    /// - Parameter lookAhead: how many batches may come between two that change places.
    public init(lookAhead: Int) { self.lookAhead = lookAhead }

    /// Takes the next batches and gives those whose place is certain.
    ///
    /// - Parameter epoch: of a batch; 0: it does not tell, and stays where it is.
    public mutating func add(_ batches: some Collection<Batch>, epoch: (Batch) -> Int64) -> [Batch] {
        for batch in batches {
            let told = epoch(batch)
            latest = max(latest, told)
            waiting.append(Entry(position: count, epoch: told == 0 ? latest : told, batch: batch))
            count += 1
        }
        waiting.sort { ($0.epoch, $0.position) < ($1.epoch, $1.position) }
        let certain = waiting.lastIndex { count - $0.position > lookAhead }.map { $0 + 1 } ?? 0
        defer { waiting.removeFirst(certain) }
        return waiting.prefix(certain).map(\.batch)
    }

    /// Those that still wait, at the end.
    public mutating func rest() -> [Batch] {
        defer { waiting.removeAll() }
        return waiting.map(\.batch)
    }
}
