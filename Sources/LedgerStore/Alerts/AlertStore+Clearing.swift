internal import Ledger
internal import Postgres

extension AlertStore {
    /// How many candidates are read at once.
    private static let pageLimit = 200

    private typealias Candidate = (organisation: Identifier, alert: Identifier)

    /// Tells of the alerts whose window ended, or whose balance has room again under a higher limit; each once, in a
    /// transaction of its own.
    ///
    /// - Returns: how many were cleared.
    @discardableResult
    public func clearDue() async throws -> Int {
        let now = clock.now()
        var cleared = 0
        var last = Candidate(.none, .none)
        while true {
            let page = try await candidates(after: last, at: now)
            for candidate in page where try await clear(candidate, at: now) { cleared += 1 }
            guard page.count >= Self.pageLimit, let end = page.last else { break }
            last = end
        }
        if cleared > 0 { signal.raise() }
        return cleared
    }

    private func candidates(after last: Candidate, at now: Timestamp) async throws -> [Candidate] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(last.organisation)
            parameters.uuid(last.alert)
            parameters.timestamp(microsecondsSince1970: now.microseconds)
            parameters.int8(Int64(Self.pageLimit))
            let rows = try session.execute(AlertStatements.clearable, parameters)
            return try (0..<rows.count).map { (try rows.uuid($0, 0), try rows.uuid($0, 1)) }
        }
    }

    private func clear(_ candidate: Candidate, at now: Timestamp) async throws -> Bool {
        let directory = directory
        return try await pool.withSession { session in
            guard let state = try directory.refresh(candidate.organisation, in: session) else { return false }
            return try session.transaction { try Self.clear(candidate, state: state, at: now, in: $0) }
        }
    }

    private static func clear(_ candidate: Candidate, state: OrganisationState, at now: Timestamp, in session: Session) throws -> Bool {
        let key = key(candidate.alert, candidate.organisation)
        let rows = try session.execute(AlertStatements.open, key)
        guard rows.count == 1 else { return false }
        let identity = try BalanceIdentityRow.decode(rows, 0, from: 0)
        let envelope = state.policy.envelope(of: identity)
        let limit = try envelope?.limit(adjusted: rows.int8(0, 11)) ?? rows.int8(0, 8)
        let (held, spent, step) = (try rows.int8(0, 9), try rows.int8(0, 10), try rows.int8(0, 12))
        let reason = AlertClearing.reason(
            step: step, limitThen: try rows.int8(0, 13), limit: limit, used: Int128(held) + Int128(spent), meter: identity.meter,
            windowEnd: try rows.timestampIfPresent(0, 14).map { Timestamp(microseconds: $0) }, now: now)
        guard let reason else {
            var looked = key
            looked.int8(state.epochs.policy)
            _ = try session.execute(AlertStatements.lookedAt, looked)
            return false
        }
        // Whoever was first has deleted the row.
        guard try session.execute(AlertStatements.deleteOpen, key).affected == 1 else { return false }
        let id = Identifier.fresh(at: now)
        var events = EventColumns()
        events.append(
            Event(
                .alertCleared, envelope: identity.envelope, owner: envelope?.owner, playbook: envelope?.playbook, identity: identity, step: step,
                limit: limit, held: held, spent: spent, related: candidate.alert, reason: reason),
            id: id)
        var clearance = key
        clearance.timestamp(microsecondsSince1970: now.microseconds)
        clearance.uuid(id)
        _ = try session.execute(AlertStatements.insertClearance, clearance)
        try events.write(organisation: candidate.organisation, at: now, in: session)
        return true
    }
}
