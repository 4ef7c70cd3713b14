/// A row of `balances`.
struct BalanceRow: Sendable {
    let id: RowID
    let envelope: String
    let meter: String
    /// Its `per` tags.
    let key: [String: String]
    let windowStart: Moment?
    let windowEnd: Moment?
    let limit: Int64
    let held: Int64
    let spent: Int64
    let version: Int64
    let lastFact: RowID
}
