internal import Ledger

/// Counts how often the same line came before, for lines that have no name of their own: two calls that a log tells in the same words are
/// two calls, and a log that is sent again tells them in the same order.
///
/// It remembers the last half a million different lines at least, in bounded memory; of equal lines that lie further apart the later
/// ones count as one. Equal lines tell the same time, so in a log they stand together.
struct OccurrenceCounter {
    private let limit: Int
    private var young: [UInt64: Int64] = [:]
    private var old: [UInt64: Int64] = [:]

    init(limit: Int = 500_000) { self.limit = limit }

    /// How many of the same came before this one.
    ///
    /// - Parameter hash: of all that the line says.
    mutating func count(_ hash: Identifier) -> Int64 {
        if young.count >= limit {
            old = young
            young = [:]
        }
        let before = young[hash.low] ?? old[hash.low] ?? 0
        young[hash.low] = before + 1
        return before
    }
}
