public import Ledger
internal import Postgres

/// Lists runs by the sums of their settlements.
public struct RunListing: Sendable {
    public enum Order: String, CaseIterable, Sendable {
        /// Newest first, by the first settlement.
        case recent
        /// Dearest first.
        case cost
    }

    /// Which runs to list.
    public struct Filter: Sendable {
        /// Half-open; when a run's first call was settled.
        public let from: Timestamp
        public let to: Timestamp
        /// Those that its dearest call has.
        public let tags: Tags
        /// The one of its dearest call; nil: any.
        public let model: String?

        public init(from: Timestamp, to: Timestamp, tags: Tags = Tags(), model: String? = nil) {
            self.from = from
            self.to = to
            self.tags = tags
            self.model = model
        }
    }

    let pool: Pool

    /// A page of runs.
    ///
    /// - Parameters:
    ///   - bound: tags of a key; it sees the runs whose calls all have these tags.
    ///   - after: the last run of the page before.
    public func list(
        of organisation: Identifier, _ filter: Filter, by order: Order, bound: Tags, after: Identifier?, limit: Int
    ) async throws -> [RunSummary] {
        var shared = bound
        shared["run_id"] = nil
        return try await pool.withSession { [shared] session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.json(TagsJSON.encode(shared))
            parameters.json(TagsJSON.encode(filter.tags))
            parameters.text(filter.model)
            parameters.timestamp(microsecondsSince1970: filter.from.microseconds)
            parameters.timestamp(microsecondsSince1970: filter.to.microseconds)
            parameters.uuid(after)
            parameters.int8(Int64(limit))
            parameters.text(bound["run_id"])
            let rows = try session.execute(order == .recent ? RunListStatements.recent : RunListStatements.dearest, parameters)
            return try (0..<rows.count).map { try Self.decode(rows, $0) }
        }
    }

    private static func decode(_ rows: Rows, _ row: Int) throws -> RunSummary {
        RunSummary(
            id: try rows.uuid(row, 0), runID: try rows.text(row, 1), firstAt: Timestamp(microseconds: try rows.timestamp(row, 2)),
            lastAt: Timestamp(microseconds: try rows.timestamp(row, 3)), cost: try rows.int8(row, 4), modelCalls: try rows.int8(row, 5),
            toolCalls: try rows.int8(row, 6), failed: try rows.int8(row, 7), empty: try rows.int8(row, 8), unused: try rows.int8(row, 9),
            inputTokens: try rows.int8(row, 10), outputTokens: try rows.int8(row, 11), topModel: try rows.textIfPresent(row, 12),
            topStep: try rows.textIfPresent(row, 13), tags: try TagsJSON.decode(try rows.json(row, 14)))
    }
}
