internal import Ledger

/// A settlement's key beside its organisation.
struct SettlementKey: Hashable {
    let hold: Identifier
    let kind: String
}
