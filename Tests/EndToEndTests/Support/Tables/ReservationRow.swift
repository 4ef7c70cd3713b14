/// A row of `reservations`.
struct ReservationRow: Sendable {
    let id: RowID
    let openedAt: Moment
    let expiresAt: Moment
    let cost: Int64
    let tokens: Int64
    let isModelCall: Bool
    let entries: [EntryRow]
}
