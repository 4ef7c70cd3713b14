internal import Ledger

/// One fact of an entry as it is found now.
struct SealedFact: Sendable {
    let table: String
    let key: Identifier
    /// Of a settlement.
    let kind: String?
    /// Nil: there is no such row.
    var line: FactLine?
    /// There is none because the month in which it would lie was detached.
    var isDetached = false

    var name: String { kind.map { "\(table) \(key) (\($0))" } ?? "\(table) \(key)" }
}
