/// Holds what clients were told against what the tables say.
struct Comparison {
    let journal: Journal.State
    let tables: LedgerTables
    private(set) var faults: [String] = []

    init(_ journal: Journal.State, _ tables: LedgerTables) {
        self.journal = journal
        self.tables = tables
        compareHolds()
        compareCharges()
        compareRefusals()
        compareBalances()
    }

    /// Every answer has its fact, and there is no fact that nobody was told of, but for expiries.
    private mutating func compareHolds() {
        let rows = Dictionary(uniqueKeysWithValues: tables.reservations.values.map { ($0.id.description, $0) })
        expect(rows.count == journal.promises.count, "\(rows.count) holds instead of \(journal.promises.count)")
        for promise in journal.promises.values {
            let id = promise.admitted.id
            guard let row = rows[id] else { return fault("the hold \(id) is not there") }
            expect(row.cost == promise.admitted.held.cost && row.tokens == promise.admitted.held.tokens, "\(id) holds another amount")
            compare(promise.admitted.envelopes, row.entries, id)
            compare(promise.end, tables.ends[row.id], orState: "expired", id)
            compare(promise.late, tables.lateCharges[row.id], orState: nil, id)
        }
    }

    private mutating func compareCharges() {
        let rows = Dictionary(uniqueKeysWithValues: tables.directCharges.values.map { ($0.id.description, $0) })
        expect(rows.count == journal.directCharges.count, "\(rows.count) charges instead of \(journal.directCharges.count)")
        for (id, answer) in journal.directCharges { compare(answer, rows[id], orState: nil, id) }
    }

    /// - Parameter state: of a settlement of which nobody was told; nil if there must be none.
    private mutating func compare(_ answer: SettlementAnswer?, _ row: SettlementRow?, orState state: String?, _ id: String) {
        guard let answer else { return expect(row?.state == state, "\(id) is \(row?.state ?? "open") and nobody was told") }
        guard let row else { return fault("\(id) is not \(answer.state)") }
        expect(row.state == answer.state && row.charged == answer.charged ?? Amounts(), "\(id) is settled otherwise than was said")
        compare(answer.envelopes, row.entries, id)
    }

    private mutating func compare(_ views: [EnvelopeView], _ entries: [EntryRow], _ id: String) {
        let told = views.map { "\(Self.name($0.name, $0.key, $0.window.start)) \($0.limit.value) \($0.held.value) \($0.spent.value)" }
        let kept = entries.map { "\(name($0.balance)) \($0.limit) \($0.held) \($0.spent)" }
        expect(told.sorted() == kept.sorted(), "\(id) was told \(told), kept is \(kept)")
    }

    /// A refusal was decided on a state that its balance really had, and is counted.
    private mutating func compareRefusals() {
        expect(tables.refusals.count + Int(tables.refusalsCounted) == journal.refusals, "not every refusal is counted once")
        var states: Set<String> = []
        for balance in tables.balances.values { states.insert(Self.state(balance.envelope, balance.key, 0, 0)) }
        for facts in tables.factsByBalance() {
            guard let balance = tables.balances[facts.key] else { continue }
            for fact in facts.value { states.insert(Self.state(balance.envelope, balance.key, fact.entry.held, fact.entry.spent)) }
        }
        for violation in journal.violations {
            let state = Self.state(violation.envelope, violation.key, violation.held.value, violation.spent.value)
            expect(states.contains(state), "a call was refused in a state that never was: \(state)")
        }
    }

    /// What is spent is what the clients were told that they were charged.
    private mutating func compareBalances() {
        var spent: [String: Int64] = [:]
        let settlements = journal.promises.values.flatMap { [$0.end, $0.late].compactMap { $0 } } + Array(journal.directCharges.values)
        for settlement in settlements {
            for view in settlement.envelopes {
                spent[Self.name(view.name, view.key, view.window.start), default: 0] += settlement.charged?[view.meter] ?? 0
            }
        }
        for balance in tables.balances.values {
            expect(balance.spent == spent[name(balance.id)] ?? 0, "\(tables.name(balance.id)) has spent \(balance.spent)")
            expect(balance.held == 0, "\(tables.name(balance.id)) still holds \(balance.held)")
        }
    }

    private func name(_ id: RowID) -> String {
        guard let balance = tables.balances[id] else { return "\(id)" }
        return Self.name(balance.envelope, balance.key, balance.windowStart?.description)
    }

    private static func name(_ envelope: String, _ key: [String: String], _ start: String?) -> String {
        "\(envelope) \(key.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")) \(start ?? "ever")"
    }

    private static func state(_ envelope: String, _ key: [String: String], _ held: Int64, _ spent: Int64) -> String {
        "\(name(envelope, key, nil)) held \(held) spent \(spent)"
    }

    private mutating func expect(_ condition: Bool, _ text: String) {
        if !condition { fault(text) }
    }

    private mutating func fault(_ text: String) {
        if faults.count < 50 { faults.append(text) }
    }
}
