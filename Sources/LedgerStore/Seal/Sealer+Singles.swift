internal import Ledger
internal import Postgres

/// Facts that no batch names, each an entry of its own.
extension Sealer {
    /// Looks through all tables, at most once in a while, and seals what is new in them.
    ///
    /// - Returns: how many entries were added.
    func sealSingles(of organisation: Identifier, isForced: Bool) async throws -> Int {
        let now = clock.now()
        let goesByTime = clock.mode == .database
        let look = try await pool.withSession { try SealLook.begin(organisation, goesByTime: goesByTime, in: $0) }
        if !isForced, let last = look.lookedAt, last > Self.lookTime(now) { return 0 }
        var added = 0
        for table in SealedTable.single {
            var after = Identifier.none
            while true {
                try Task.checkCancellation()
                let from = after
                let (count, last) = try await pool.withSession { session in
                    guard try look.page(table, after: from, feed: nil, in: session).isEmpty == false else { return (0, from) }
                    return try session.transaction { try Self.seal(table, after: from, look, at: now, in: $0) }
                }
                added += count
                after = last
                if count < Self.singleLimit { break }
            }
        }
        try await pool.withTransaction { session in
            var state = try SealState.lock(organisation, at: now, in: session)
            state.prices = max(state.prices, look.pricesLimit)
            state.lookedAt = max(state.lookedAt ?? now, now)
            state.sources = SealedTable.single.map(\.name)
            _ = try session.pipeline(state.steps(organisation))
        }
        return added
    }

    private static func seal(
        _ table: SealedTable, after: Identifier, _ look: SealLook, at now: Timestamp, in session: Session
    ) throws -> (added: Int, last: Identifier) {
        var state = try SealState.lock(look.organisation, at: now, in: session)
        let found = try look.page(table, after: after, feed: state.feed, in: session)
        for fact in found { state.append(source: table.name, key: fact.line.key, facts: [fact.line.digest]) }
        state.feed = max(state.feed, found.compactMap(\.position).max() ?? 0)
        _ = try session.pipeline(state.steps(look.organisation))
        return (found.count, found.last?.line.key ?? after)
    }
}
