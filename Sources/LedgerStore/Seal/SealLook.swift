internal import Ledger
internal import Postgres

/// One look through the tables of facts that no batch names: from where on what is not sealed may be.
struct SealLook: Sendable {
    let organisation: Identifier
    /// When somebody looked last.
    let lookedAt: Timestamp?
    private let goesByTime: Bool
    /// Every price up to this epoch is there, and nothing changes in them.
    let pricesLimit: Int64
    private let prices: Int64
    private let feed: Int64
    private let sources: Set<String>

    /// - Parameter goesByTime: facts that are older than the last look by far are sealed. A test clock jumps ahead of what is under way.
    static func begin(_ organisation: Identifier, goesByTime: Bool, in session: Session) throws -> SealLook {
        var key = Parameters()
        key.uuid(organisation)
        let limits = try session.execute(SealStatements.limits, key)
        guard limits.count == 1 else { throw StoreError(.corrupt, "the organisation has no epoch row") }
        let head = try session.execute(SealStatements.head, key)
        let state = head.count == 1 ? try SealState(head) : nil
        return SealLook(
            organisation: organisation, lookedAt: state?.lookedAt, goesByTime: goesByTime, pricesLimit: try limits.int8(0, 0),
            prices: state?.prices ?? 0, feed: state?.feed ?? 0, sources: Set(state?.sources ?? []))
    }

    /// A page of facts that are in no seal.
    ///
    /// - Parameter feed: up to where events are sealed; nil: as it was when the look began.
    func page(
        _ table: SealedTable, after: Identifier, feed: Int64?, in session: Session
    ) throws -> [(line: FactLine, position: Int64?)] {
        guard let statement = table.unsealed else { return [] }
        // A table that this release is the first to know is looked through from its beginning.
        let since = goesByTime && sources.contains(table.name) ? lookedAt?.adding(seconds: -Sealer.graceSeconds) : nil
        var parameters = Parameters()
        parameters.uuid(organisation)
        var first = 1
        switch table.road {
        case .batch: return []
        case .id: parameters.uuid(max(after, since.map { .version7(at: $0, sequence: 0, random: 0) } ?? .none))
        case .time, .epoch: parameters.uuid(after)
        case .feed:
            parameters.int8(feed ?? self.feed)
            first = 2
        }
        parameters.int8(Int64(Sealer.singleLimit))
        if case .time = table.road { parameters.timestamp(microsecondsSince1970: since?.microseconds ?? 0) }
        if case .epoch = table.road { parameters.int8(prices) }
        let rows = try session.execute(statement, parameters)
        return try (0..<rows.count).map { row in
            let position = first == 2 ? try rows.int8(row, 0) : nil
            return (try FactLine(table, key: try rows.uuid(row, first - 1), rows, row, from: first), position)
        }
    }
}
