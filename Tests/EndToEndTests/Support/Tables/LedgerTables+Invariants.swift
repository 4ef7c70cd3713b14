extension LedgerTables {
    /// Whatever contradicts what must always hold (DESIGN §9, 1 to 4 and 6 to 8), as far as tables can tell.
    ///
    /// - Parameter ceilings: by envelope, up to which share of its limit its plan admits calls, in per cent; 100 for the others.
    func faults(ceilings: [String: Int64] = [:]) -> [String] {
        repeated + chainFaults(ceilings) + holdFaults() + endFaults() + batchFaults() + keyFaults()
    }

    /// Every balance equals the sum of its facts, versions are gap-free, and no admission goes beyond what the plan admits.
    private func chainFaults(_ ceilings: [String: Int64]) -> [String] {
        let facts = factsByBalance()
        var faults = facts.keys.filter { balances[$0] == nil }.map { "there are facts of \(name($0))" }
        for balance in balances.values {
            var (version, held, spent, previous): (Int64, Int64, Int64, RowID) = (0, 0, 0, .none)
            for fact in facts[balance.id] ?? [] {
                let entry = fact.entry
                if entry.version != version + 1 { faults.append("\(name(balance.id)) goes from version \(version) to \(entry.version)") }
                if entry.previous != previous { faults.append("\(name(balance.id)) version \(entry.version) does not name the fact before it") }
                if entry.held != held + entry.heldChange || entry.spent != spent + entry.spentChange {
                    faults.append("\(name(balance.id)) version \(entry.version) does not follow from the one before")
                }
                if entry.held < 0 || entry.spent < 0 { faults.append("\(name(balance.id)) version \(entry.version) is negative") }
                let percent = ceilings[balance.envelope] ?? 100
                if fact.isAdmission, Int128(entry.held + entry.spent) * 100 > Int128(entry.limit) * Int128(percent) {
                    faults.append("\(name(balance.id)) version \(entry.version) was admitted beyond \(percent) % of its limit of \(entry.limit)")
                }
                (version, held, spent, previous) = (entry.version, entry.held, entry.spent, fact.fact)
            }
            if (balance.version, balance.held, balance.spent) != (version, held, spent) || balance.lastFact != previous {
                faults.append(
                    "\(name(balance.id)) is (\(balance.version), \(balance.held), \(balance.spent)), its facts say (\(version), \(held), \(spent))")
            }
        }
        return faults
    }

    /// What is held is the sum of the open holds; each was opened within the window of each of its balances.
    private func holdFaults() -> [String] {
        var held: [RowID: Int64] = [:]
        var faults: [String] = []
        for id in open.keys {
            guard let reservation = reservations[id] else {
                faults.append("\(id) is open but was never reserved")
                continue
            }
            for entry in reservation.entries { held[entry.balance, default: 0] += entry.heldChange }
        }
        for balance in balances.values where balance.held != held[balance.id] ?? 0 {
            faults.append("\(name(balance.id)) holds \(balance.held), its open holds make \(held[balance.id] ?? 0)")
        }
        let opened = reservations.values.map { ($0.id, $0.openedAt, $0.entries) } + directCharges.values.map { ($0.id, $0.openedAt, $0.entries) }
        for (id, openedAt, entries) in opened {
            if Set(entries.map(\.balance)).count != entries.count { faults.append("\(id) is twice in one balance") }
            for entry in entries {
                guard let balance = balances[entry.balance] else { continue }
                let isInside = balance.windowStart.map { $0 <= openedAt } ?? true && balance.windowEnd.map { openedAt < $0 } ?? true
                if !isInside { faults.append("\(id) of \(openedAt) counts in \(name(entry.balance))") }
            }
        }
        return faults
    }

    /// Each hold is open or has ended, once, on the balances on which it was opened; a late charge comes only after a
    /// release or an expiry.
    private func endFaults() -> [String] {
        var faults: [String] = []
        for reservation in reservations.values {
            let end = ends[reservation.id]
            if (end == nil) != (open[reservation.id] != nil) { faults.append("\(reservation.id) is neither or both of open and ended") }
            if let end {
                let gives = reservation.entries.map { [$0.balance.description, "\(-$0.heldChange)"] }
                if end.entries.map({ [$0.balance.description, "\($0.heldChange)"] }) != gives {
                    faults.append("\(end.id) does not give back what it held")
                }
                if end.openedAt != reservation.openedAt { faults.append("the end of \(end.id) says another opening") }
                if end.state != "committed", end.entries.contains(where: { $0.spentChange != 0 }) || end.charged != Amounts() {
                    faults.append("\(end.id) was \(end.state) but charges")
                }
            }
        }
        for (id, late) in lateCharges where ends[id].map({ $0.state == "committed" }) ?? true || late.entries.contains(where: { $0.heldChange != 0 })
        {
            faults.append("\(id) has a late charge that it must not have")
        }
        for end in ends.values where reservations[end.id] == nil { faults.append("\(end.id) ended but was never reserved") }
        for settlement in settlements {
            for entry in settlement.entries where entry.spentChange != settlement.charged[balances[entry.balance]?.meter ?? ""] {
                faults.append("\(settlement.id) charges \(entry.spentChange) on \(name(entry.balance)), another amount than it says")
            }
        }
        for reservation in reservations.values {
            let amounts = Amounts(
                cost: reservation.cost, tokens: reservation.tokens, modelCalls: reservation.isModelCall ? 1 : 0,
                toolCalls: reservation.isModelCall ? 0 : 1)
            for entry in reservation.entries where entry.heldChange != amounts[balances[entry.balance]?.meter ?? ""] {
                faults.append("\(reservation.id) holds \(entry.heldChange) on \(name(entry.balance)), another amount than it says")
            }
        }
        return faults
    }

    /// Every fact became visible with just one batch.
    private func batchFaults() -> [String] {
        let opened = batches.flatMap(\.opened).map(\.description)
        let settled = batches.flatMap { batch in zip(batch.settled, batch.settledKinds).map { "\($0) \($1)" } }
        let adjusted = batches.flatMap(\.adjusted).map(\.description)
        let refused = batches.flatMap(\.refused).map(\.description)
        let pairs: [(String, [String], [String])] = [
            ("holds", opened, reservations.keys.map(\.description)), ("refusals", refused, refusals.map(\.description)),
            ("adjustments", adjusted, adjustments.map(\.id.description)),
            ("settlements", settled, settlements.map { "\($0.id) \($0.kind.rawValue)" }),
        ]
        return pairs.filter { $0.1.sorted() != $0.2.sorted() }.map { "the batches name \($0.1.count) \($0.0), the tables \($0.2.count), or others" }
    }

    /// Every call that holds or charges has its own idempotency key, which may be gone after seven days.
    private func keyFaults() -> [String] {
        // By hand a balance can be adjusted without a key.
        let adjusted = Set(adjustments.map(\.id))
        let facts = (reservations.values.map { ($0.id, $0.openedAt) } + directCharges.values.map { ($0.id, $0.openedAt) })
        let keyed = keyedFacts.filter { !adjusted.contains($0) }
        let known = Set(keyed)
        let isComplete = facts.allSatisfy { id, openedAt in known.contains(id) || openedAt < now.adding(seconds: -7 * 86_400) }
        let isSound = known.count == keyed.count && known.isSubset(of: facts.map(\.0))
        return isComplete && isSound ? [] : ["the idempotency keys name other facts than there are"]
    }
}
