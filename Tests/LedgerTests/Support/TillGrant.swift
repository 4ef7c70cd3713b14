import Ledger

/// A grant that has not ended.
struct TillGrant {
    let id: Identifier
    let amount: Int64
    let end: Timestamp
}
