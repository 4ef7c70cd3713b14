public import Ledger
internal import Postgres

/// What people do to envelopes, and what happened to them: freezes, adjustments, routes.
public struct EnvelopeStore: Sendable {
    let pool: Pool
    let clock: StoreClock
    let signal: FeedSignal

    /// Freezes an envelope, or unfreezes it, the policy may have it or not; binds every call that begins after this returned, on every replica.
    ///
    /// - Returns: false if it is so already; nothing was recorded then.
    public func setFrozen(
        _ isFrozen: Bool, envelope: String, policy: Policy, reason: String, author: String, organisation: Identifier
    ) async throws -> Bool {
        let now = clock.now()
        let freeze = Freeze(envelope: envelope, author: author, reason: reason, since: now)
        let isChanged = try await pool.withTransaction { session in
            let epoch = try GuardQueries.raiseEpoch(of: organisation, in: session)
            guard try GuardQueries.isFrozen(envelope, of: organisation, in: session) != isFrozen else { return false }
            try GuardQueries.insert(freeze, isFrozen: isFrozen, id: .fresh(at: now), epoch: epoch, organisation: organisation, in: session)
            var events = EventColumns()
            events.append(
                Event(
                    isFrozen ? .envelopeFrozen : .envelopeUnfrozen, envelope: envelope, owner: policy.envelope(named: envelope)?.owner,
                    playbook: policy.envelope(named: envelope)?.playbook, reason: "\(reason) (\(author))"),
                id: .fresh(at: now, sequence: 1))
            try events.write(organisation: organisation, at: now, in: session)
            return true
        }
        if isChanged { signal.raise() }
        return isChanged
    }

    /// The freezes of an envelope between two moments, newest first, 200 at most.
    public func freezes(of envelope: String, organisation: Identifier, from: Timestamp?, until: Timestamp?) async throws -> [StoredFreeze] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.text(envelope)
            parameters.timestamp(microsecondsSince1970: from?.microseconds)
            parameters.timestamp(microsecondsSince1970: until?.microseconds)
            let rows = try session.execute(EnvelopeStatements.freezes, parameters)
            return try (0..<rows.count).map { row in
                StoredFreeze(
                    freeze: Freeze(
                        envelope: envelope, author: try rows.text(row, 1), reason: try rows.text(row, 2),
                        since: Timestamp(microseconds: try rows.timestamp(row, 3))),
                    isFrozen: try rows.text(row, 0) == "freeze")
            }
        }
    }

    /// An adjustment by its id; nil where there is none.
    public func adjustment(_ id: Identifier, of organisation: Identifier) async throws -> StoredAdjustment? {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(id)
            let rows = try session.execute(EnvelopeStatements.adjustment, parameters)
            guard rows.count == 1 else { return nil }
            return StoredAdjustment(
                id: id, identity: try BalanceIdentityRow.decode(rows, 0, from: 0), amount: try rows.int8(0, 8), limit: try rows.int8(0, 9),
                held: try rows.int8(0, 10), spent: try rows.int8(0, 11), reason: try rows.text(0, 12), author: try rows.text(0, 13),
                madeAt: Timestamp(microseconds: try rows.timestamp(0, 14)),
                expiresAt: try rows.timestampIfPresent(0, 15).map { Timestamp(microseconds: $0) })
        }
    }

    /// The balances of an envelope whose calls are downgraded now, 200 at most.
    ///
    /// - Parameter bound: tags of a key; balances of other values are not shown to it.
    public func downgraded(of envelope: Envelope, bound: Tags, organisation: Identifier) async throws -> [DowngradedBalance] {
        let now = clock.now()
        return try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.text(envelope.name)
            parameters.timestamp(microsecondsSince1970: now.microseconds)
            parameters.text(envelope.rule)
            parameters.append(bound)
            let rows = try session.execute(EnvelopeStatements.downgraded, parameters)
            return try (0..<rows.count).map { row in
                DowngradedBalance(
                    balance: try rows.uuid(row, 0), tier: try rows.text(row, 1), reason: try rows.text(row, 2),
                    since: Timestamp(microseconds: try rows.timestamp(row, 3)),
                    until: try rows.timestampIfPresent(row, 4).map { Timestamp(microseconds: $0) })
            }
        }
    }
}
