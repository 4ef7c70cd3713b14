/// The balances that a batch has locked. Decisions read and change them in the order in which the calls arrived.
public struct Book: Sendable {
    public private(set) var balances: [Balance]
    /// By slot: whether a decision changed the balance.
    public private(set) var changed: [Bool]
    /// By slot: whether its marks were changed.
    public private(set) var marked: [Bool]
    /// By scope what stands between a run and an envelope that asks a person; none where nobody was asked.
    public var gates: [Identifier: Gate] = [:]
    private var slots: [Identifier: Int]
    /// By slot: the version with which the balance came.
    private var firstVersions: [Int64]

    public init(_ balances: [Balance]) {
        self.balances = balances
        changed = Array(repeating: false, count: balances.count)
        marked = changed
        firstVersions = balances.map(\.version)
        slots = Dictionary(minimumCapacity: balances.count)
        for (slot, balance) in balances.enumerated() { slots[balance.id] = slot }
    }

    /// The same balances, all of them to be written.
    public func touched() -> Book {
        var book = self
        book.changed = Array(repeating: true, count: balances.count)
        book.marked = book.changed
        return book
    }

    /// Takes one more balance in, which the book must not have; what decisions did to the others stays.
    public mutating func add(_ balance: Balance) {
        slots[balance.id] = balances.count
        balances.append(balance)
        changed.append(false)
        marked.append(false)
        firstVersions.append(balance.version)
    }

    /// Where a balance is kept; nil if the batch did not lock it.
    public func slot(of balance: Identifier) -> Int? { slots[balance] }

    /// Changes what a balance remembers.
    mutating func mark(slot: Int, _ change: (inout Marks) -> Void) {
        let before = balances[slot].marks
        change(&balances[slot].marks)
        if balances[slot].marks != before { marked[slot] = true }
    }

    /// When the next adjustment of a balance expires.
    public mutating func setExpiry(_ time: Timestamp?, slot: Int) { mark(slot: slot) { $0.nextExpiry = time } }

    /// Arms the steps of the plan that suspended, as a person who lifts the suspension does: one that is exceeded waits for more
    /// spending, and what it looks for within a time begins now.
    public mutating func pardon(slot: Int, at now: Timestamp) {
        let balance = balances[slot]
        mark(slot: slot) { marks in
            marks.suspended = 0
            marks.pardoned = balance.spent
            marks.passedAt = balance.spent > balance.limit ? now : nil
        }
    }

    /// Books a change and tells what it made of the balance.
    ///
    /// - Returns: nil, with nothing changed, where a sum would not fit or fall below zero.
    public mutating func book(
        slot: Int, held: Int64, spent: Int64, limit: Int64, fact: Identifier, at time: Timestamp
    ) -> Entry? {
        let before = balances[slot]
        let (newHeld, heldOverflow) = before.held.addingReportingOverflow(held)
        let (newSpent, spentOverflow) = before.spent.addingReportingOverflow(spent)
        guard !heldOverflow, !spentOverflow, newHeld >= 0, newSpent >= 0,
            !newHeld.addingReportingOverflow(newSpent).overflow
        else { return nil }
        balances[slot].held = newHeld
        balances[slot].spent = newSpent
        balances[slot].limit = limit
        balances[slot].version = before.version + 1
        balances[slot].lastFact = fact
        balances[slot].changedAt = max(before.changedAt, time)
        changed[slot] = true
        return Entry(
            balance: before.id, heldChange: held, spentChange: spent, version: before.version + 1,
            held: newHeld, spent: newSpent, limit: limit, previous: before.lastFact
        )
    }

    /// Puts back what the entries of one fact changed, last first.
    mutating func undo(_ entries: [Entry], restoring before: [Balance]) {
        for (entry, balance) in zip(entries, before).reversed() {
            guard let slot = slots[entry.balance] else { continue }
            balances[slot] = balance
            changed[slot] = balance.version != firstVersions[slot]
        }
    }
}
