/// What one fact did to one balance.
struct EntryRow: Sendable {
    let balance: RowID
    let heldChange: Int64
    let spentChange: Int64
    let version: Int64
    let held: Int64
    let spent: Int64
    let limit: Int64
    let previous: RowID
}
