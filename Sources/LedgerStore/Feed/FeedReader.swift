public import Ledger
internal import Postgres

/// Reads feeds by position.
public struct FeedReader: Sendable {
    /// How many positions a page looks at, at most.
    public static let pageLimit = 200

    let pool: Pool

    /// The last position of a feed; 0 where nothing was told yet.
    public func last(of organisation: Identifier) async throws -> Int64 {
        try await pool.withSession { session in
            var key = Parameters()
            key.uuid(organisation)
            let rows = try session.execute(FeedStatements.last, key)
            return rows.count == 1 ? try rows.int8(0, 0) : 0
        }
    }

    /// The last positions of several feeds; those where nothing was told yet are left out.
    func last(of organisations: [Identifier]) async throws -> [Identifier: Int64] {
        try await pool.withSession { session in
            var keys = Parameters()
            keys.uuidArray(organisations)
            let rows = try session.execute(FeedStatements.positions, keys)
            var last: [Identifier: Int64] = [:]
            for row in 0..<rows.count { last[try rows.uuid(row, 0)] = try rows.int8(row, 1) }
            return last
        }
    }

    /// The entries after a position, in order.
    ///
    /// - Parameters:
    ///   - kinds: which of them are wanted; the others are passed over.
    ///   - bound: tags of a key; events of other values are not shown to it.
    ///   - limit: how many positions are looked at, 1 … `pageLimit`.
    public func page(
        of organisation: Identifier, after position: Int64, kinds: EventSelection = .all, bound: Tags = Tags(), limit: Int = pageLimit
    ) async throws -> FeedPage {
        let (end, overflow) = position.addingReportingOverflow(Int64(min(max(limit, 1), Self.pageLimit)))
        let names = kinds.kinds.map { $0.map(\.rawValue).sorted() }
        return try await pool.withSession { session in
            var key = Parameters()
            key.uuid(organisation)
            var parameters = key
            parameters.int8(position)
            parameters.int8(overflow ? .max : end)
            if let names { parameters.textArray(names) } else { parameters.null() }
            parameters.append(bound)
            let results = try session.pipeline([PipelineStep(FeedStatements.last, key), PipelineStep(FeedStatements.page, parameters)])
            let last = results[0].count == 1 ? try results[0].int8(0, 0) : 0
            let through = max(position, min(overflow ? .max : end, last))
            let rows = results[1]
            let entries = try (0..<rows.count).map { try Self.decode(rows, $0) }
            // What was numbered between the two statements is left for the next page.
            return FeedPage(entries: entries.filter { $0.position <= through }, through: through, last: last)
        }
    }

    private static func decode(_ rows: Rows, _ row: Int) throws -> FeedEntry {
        FeedEntry(
            position: try rows.int8(row, 0), event: try rows.uuid(row, 1), kind: try rows.text(row, 2), envelope: try rows.text(row, 3),
            madeAt: Timestamp(microseconds: try rows.timestamp(row, 4)), data: try rows.json(row, 5))
    }
}
