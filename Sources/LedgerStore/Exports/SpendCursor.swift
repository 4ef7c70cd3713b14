internal import Ledger

/// A place in an export of spending: behind one row. Rows are in the order of their batches, then of their settlements in the
/// batch, then of the rows of one settlement, which never changes; so whoever was cut off goes on behind the last whole row.
public struct SpendCursor: Sendable, Hashable, CustomStringConvertible {
    let batch: Identifier
    let settlement: Int
    let row: Int

    /// Reads what ``description`` writes; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let batch = Identifier(parts[0]), let settlement = Int(parts[1]), let row = Int(parts[2]),
            (0...100_000).contains(settlement), (0...100).contains(row)
        else { return nil }
        self.init(batch: batch, settlement: settlement, row: row)
    }

    init(batch: Identifier, settlement: Int, row: Int) {
        self.batch = batch
        self.settlement = settlement
        self.row = row
    }

    /// `<batch>.<settlement>.<row>`
    public var description: String { "\(batch).\(settlement).\(row)" }

    /// Whether a row of this place is behind another.
    func isBehind(_ other: SpendCursor) -> Bool {
        (batch, settlement, row) > (other.batch, other.settlement, other.row)
    }
}
