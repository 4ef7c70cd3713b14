internal import Ledger
internal import Postgres

/// Takes back adjustments whose time is over, in a transaction of its own before the batch that would use them.
struct AdjustmentExpiry {
    /// The database's own clock, under the locks.
    private static let momentStatement = Statement("expiry_moment", "SELECT clock_timestamp()")

    let state: OrganisationState
    let now: Timestamp

    /// Books the end of what has expired of these balances.
    func run(_ balances: [Identifier], identities: [Identifier: BalanceIdentity], in session: Session) throws {
        var parameters = Parameters()
        parameters.uuid(state.organisation.id)
        parameters.uuidArray(balances.sorted())
        try session.run("BEGIN")
        var book = Book(try BatchReads.decodeBalances(try session.execute(LaneStatements.lockBalances, parameters)))
        let rows = try session.execute(AdjustmentStatements.readExpiring, parameters)
        var writes = BatchWrites()
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
            let expiry = Adjustment.expiry(of: try rows.uuid(row, 1), amount: try rows.int8(row, 2))
            let envelope = state.policy.envelope(named: identity.envelope).flatMap { $0.rule == identity.rule ? $0 : nil }
            let id = nextID()
            guard let booked = expiry.book(slot: slot, envelope: envelope, identity: identity, book: &book, fact: id, at: now),
                let entry = booked.entries.first
            else { continue }
            writes.adjustments.append(expiry, id: id, entry: entry)
            for event in booked.events { writes.append(event, id: nextID()) }
        }
        for balance in balances { book.slot(of: balance).map { book.setExpiry(remaining[balance], slot: $0) } }
        let moment = Timestamp(microseconds: try session.execute(Self.momentStatement).timestamp(0, 0))
        let steps = writes.steps(
            organisation: state.organisation.id, batch: .batch(at: now, moment: moment), at: now, policyVersion: state.policy.version, book: book)
        _ = try session.pipeline(steps.map(\.step))
    }
}
