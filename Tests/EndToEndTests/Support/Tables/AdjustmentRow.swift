/// A row of `adjustments`: what changed the limit of one balance.
struct AdjustmentRow: Sendable {
    let id: RowID
    let entry: EntryRow
}
