internal import Ledger
internal import Postgres

/// Takes back adjustments whose time is over, in a transaction of its own before the batch that would use them.
struct AdjustmentExpiry {
    let state: OrganisationState
    let clock: StoreClock

    /// Books the end of what has expired of these balances; nothing where the configuration has changed meanwhile.
    func run(_ balances: [Identifier], identities: [Identifier: BalanceIdentity], in session: Session) throws {
        var parameters = Parameters()
        parameters.uuid(state.organisation.id)
        parameters.uuidArray(balances.sorted())
        try session.run("BEGIN")
        var book = Book(try BatchReads.decodeBalances(try session.execute(LaneStatements.lockBalances, parameters)))
        let rows = try session.execute(AdjustmentStatements.readExpiring, parameters)
        let (epochs, now, moment) = try Epochs.read(state.organisation.id, clock: clock, in: session)
        guard epochs == state.epochs else { return try session.rollback() }
        var writes = BatchWrites()
        writes.guards = epochs.guards
        var remaining: [Identifier: Timestamp] = [:]
        var sequence: UInt8 = 0
        func nextID() -> Identifier {
            defer { sequence &+= 1 }
            return .fresh(at: now, sequence: sequence)
        }
        for row in 0..<rows.count {
            let balance: Identifier = try rows.uuid(row, 0)
            let end = Timestamp(microseconds: try rows.timestamp(row, 3))
            guard end <= now else {
                remaining[balance] = min(remaining[balance] ?? end, end)
                continue
            }
            guard let slot = book.slot(of: balance), let identity = identities[balance] else { continue }
            let given = try rows.int8(row, 2)
            let left = identity.isGrant ? Grant.left(of: given, later: try later(rows, than: row), balance: book.balances[slot]) : given
            let expiry = Adjustment.expiry(
                of: try rows.uuid(row, 1), amount: left, adjusted: book.balances[slot].marks.adjusted, ended: identity.isGrant ? given : 0)
            let envelope = state.policy.envelope(of: identity)
            let id = nextID()
            guard let booked = expiry.book(slot: slot, envelope: envelope, identity: identity, book: &book, fact: id, at: now),
                let entry = booked.entries.first
            else { throw StoreError(.corrupt, "the end of an adjustment of balance \(balance) does not fit") }
            writes.adjustments.append(expiry, id: id, entry: entry)
            for event in booked.events { writes.append(event, id: nextID()) }
        }
        for balance in balances { book.slot(of: balance).map { book.setExpiry(remaining[balance], slot: $0) } }
        let steps = writes.steps(
            organisation: state.organisation.id, batch: .batch(at: now, moment: moment), at: now, moment: moment, policyVersion: state.policy.version,
            book: book)
        _ = try session.pipeline(steps.map(\.step))
    }

    /// What grants of the same balance give that end after one; rows are in the order of their ends.
    private func later(_ rows: Rows, than row: Int) throws -> Int64 {
        let balance: Identifier = try rows.uuid(row, 0)
        var sum: Int128 = 0
        for next in (row + 1)..<rows.count where try rows.uuid(next, 0) == balance { sum += Int128(try rows.int8(next, 2)) }
        return Int64(clamping: sum)
    }
}
