internal import Ledger
internal import Postgres

/// The entries of a batch's facts, column by column; a fact has the slice `first` … `last` of each.
struct EntryColumns {
    var first: [Int32] = []
    var last: [Int32] = []
    var balances: [Identifier] = []
    var heldChanges: [Int64] = []
    var spentChanges: [Int64] = []
    var versions: [Int64] = []
    var held: [Int64] = []
    var spent: [Int64] = []
    var limits: [Int64] = []
    var previous: [Identifier] = []

    /// Adds the entries of the next fact; array slices count from 1, and an empty one ends before it begins.
    mutating func append(_ entries: [Entry]) {
        first.append(Int32(balances.count + 1))
        for entry in entries {
            balances.append(entry.balance)
            heldChanges.append(entry.heldChange)
            spentChanges.append(entry.spentChange)
            versions.append(entry.version)
            held.append(entry.held)
            spent.append(entry.spent)
            limits.append(entry.limit)
            previous.append(entry.previous)
        }
        last.append(Int32(balances.count))
    }
}
