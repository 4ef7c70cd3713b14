/// Puts batches into an order in which they can be decided again: as they come, but none before the versions of its
/// balances say so. Clocks of two servers, or a clock that stands still, do not tell which of two batches was first.
public struct FactOrder<Batch> {
    /// A stretch of versions of one balance that a batch made.
    public struct Span {
        public let balance: Identifier
        public let first: Int64
        public let last: Int64

        public init(balance: Identifier, first: Int64, last: Int64) {
            self.balance = balance
            self.first = first
            self.last = last
        }
    }

    private struct Entry {
        let position: Int
        let batch: Batch
        let spans: [Span]
    }

    /// By balance the version that was reached.
    private var versions: [Identifier: Int64] = [:]
    /// By a balance that is not far enough: who waits for it.
    private var parked: [Identifier: [Entry]] = [:]
    /// The first version of a balance that began before; 0 for all others.
    private let startingVersion: (Identifier) -> Int64
    private var count = 0

    public init(startingVersion: @escaping (Identifier) -> Int64) { self.startingVersion = startingVersion }

    /// Takes the next batch and gives those that can follow now, in order.
    public mutating func add(_ batch: Batch, spans: [Span]) -> [Batch] {
        var ready: [Entry] = [Entry(position: count, batch: batch, spans: spans)]
        count += 1
        var released: [Batch] = []
        // Of those that became ready at once, the one that came first goes first.
        while let index = ready.indices.min(by: { ready[$0].position < ready[$1].position }) {
            let entry = ready.remove(at: index)
            if let gap = entry.spans.first(where: { version(of: $0.balance) < $0.first - 1 }) {
                parked[gap.balance, default: []].append(entry)
                continue
            }
            released.append(entry.batch)
            for span in entry.spans {
                versions[span.balance] = max(version(of: span.balance), span.last)
                if !parked.isEmpty, let waiting = parked.removeValue(forKey: span.balance) { ready += waiting }
            }
        }
        return released
    }

    /// Those that still wait, for versions that never came, in the order in which they came.
    public mutating func rest() -> [Batch] {
        defer { parked.removeAll() }
        return parked.values.flatMap { $0 }.sorted { $0.position < $1.position }.map(\.batch)
    }

    private func version(of balance: Identifier) -> Int64 { versions[balance] ?? startingVersion(balance) }
}
