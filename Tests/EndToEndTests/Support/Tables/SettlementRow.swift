/// A row of `settlements`.
struct SettlementRow: Sendable {
    enum Kind: String, Sendable { case end, late, direct }

    let id: RowID
    let kind: Kind
    let openedAt: Moment
    let settledAt: Moment
    let state: String
    let charged: Amounts
    let entries: [EntryRow]
}
