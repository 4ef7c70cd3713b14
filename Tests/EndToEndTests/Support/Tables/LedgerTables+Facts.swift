extension LedgerTables {
    /// A fact's change of one balance, with the fact's id and whether it is an admission.
    struct BalanceFact {
        let fact: RowID
        let isAdmission: Bool
        let entry: EntryRow
    }

    /// The facts of every balance, by version.
    func factsByBalance() -> [RowID: [BalanceFact]] {
        var facts: [RowID: [BalanceFact]] = [:]
        for reservation in reservations.values {
            for entry in reservation.entries {
                facts[entry.balance, default: []].append(BalanceFact(fact: reservation.id, isAdmission: true, entry: entry))
            }
        }
        for settlement in settlements {
            for entry in settlement.entries {
                facts[entry.balance, default: []].append(BalanceFact(fact: settlement.id, isAdmission: false, entry: entry))
            }
        }
        for adjustment in adjustments {
            facts[adjustment.entry.balance, default: []].append(BalanceFact(fact: adjustment.id, isAdmission: false, entry: adjustment.entry))
        }
        return facts.mapValues { $0.sorted { $0.entry.version < $1.entry.version } }
    }

    var settlements: [SettlementRow] { Array(ends.values) + Array(lateCharges.values) + Array(directCharges.values) }

    /// `envelope {tag: value} from …`, for messages.
    func name(_ balance: RowID) -> String {
        guard let row = balances[balance] else { return "unknown balance \(balance)" }
        let key = row.key.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
        return "\(row.envelope) {\(key)} from \(row.windowStart.map(\.description) ?? "ever")"
    }
}
