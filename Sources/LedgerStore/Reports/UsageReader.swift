internal import Ledger
internal import Postgres

/// Reads sums of usage for reports, in parts of bounded size, each a transaction of its own.
struct UsageReader {
    /// The most sums that are kept in memory at once.
    static let cellLimit = 100_000

    struct Cell: Hashable, Sendable {
        /// The position of the bound that comes before it.
        let slot: Int
        let key: ReportKey
    }

    let pool: Pool
    let organisation: Identifier
    let filter: ReportFilter

    /// The sums between bounds of whole hours, in seconds since 1970, ascending.
    ///
    /// - Throws: `ReportError.tooManyRows`.
    func read(_ shape: ReportKey.Shape, edges: [Int64]) async throws -> [Cell: UsageSums] {
        let parts = try await pool.withSession { session in try ReportParts.read(organisation, edges: edges, in: session) }
        var cells: [Cell: UsageSums] = [:]
        for part in parts {
            try Task.checkCancellation()
            for (cell, sums) in try await read(part, shape, edges: edges) { cells[cell, default: UsageSums()] += sums }
            guard cells.count <= Self.cellLimit else { throw ReportError.tooManyRows(limit: Self.cellLimit) }
        }
        return cells
    }

    private func read(_ part: ReportParts.Part, _ shape: ReportKey.Shape, edges: [Int64]) async throws -> [(Cell, UsageSums)] {
        let statement = statement(for: part, edges: edges)
        return try await pool.withSession { session in
            var parameters = hours(part.range, edges: edges)
            shape.append(to: &parameters)
            filter.append(to: &parameters)
            let rows = try session.execute(statement, parameters)
            return try (0..<rows.count).map { row in
                (Cell(slot: Int(try rows.int4(row, 0)) - 1, key: try ReportKey(rows, row, from: 1)), try UsageSums(rows, row, from: 4))
            }
        }
    }

    /// Where few rows are selected, or few lie between two bounds, adding up first would take longer.
    private func statement(for part: ReportParts.Part, edges: [Int64]) -> Statement {
        let bounds = edges.count { part.range.contains($0) } + 1
        let rows = Int(part.range.upperBound - part.range.lowerBound) / (part.isDaily ? 86_400 : 3_600)
        guard filter.tags.isEmpty, filter.absent.isEmpty, rows >= 4 * bounds else {
            return part.isDaily ? ReportStatements.daily : ReportStatements.hourly
        }
        return part.isDaily ? ReportStatements.dailyByBound : ReportStatements.hourlyByBound
    }

    private func hours(_ range: Range<Int64>, edges: [Int64]) -> Parameters {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: range.lowerBound * 1_000_000)
        parameters.timestamp(microsecondsSince1970: range.upperBound * 1_000_000)
        parameters.timestampArray(edges.map { $0 * 1_000_000 })
        return parameters
    }

    // MARK: - Costs alone

    /// What was spent between bounds, by the position of the one before; where nothing is filtered, from the sums of whole hours.
    func costs(edges: [Int64]) async throws -> [Int: Int64] {
        guard let first = edges.first, let last = edges.last else { return [:] }
        guard filter.isEverything else {
            return try await read(.total, edges: edges).reduce(into: [:]) { $0[$1.key.slot, default: 0] = $1.value.cost }
        }
        return try await pool.withSession { session in
            let rows = try session.execute(ReportStatements.costs, hours(first..<last, edges: edges))
            return try (0..<rows.count).reduce(into: [:]) { $0[Int(try rows.int4($1, 0)) - 1] = try rows.int8($1, 1) }
        }
    }

    // MARK: - Runs

    /// By agent, how many runs began between two seconds since 1970, and what they cost.
    func runs(_ range: Range<Int64>) async throws -> [String: (count: Int64, cost: Int64)] {
        let organisation = organisation
        let ranges = try await pool.withSession { session in
            try UsageHours.read(of: organisation, from: range.lowerBound, to: range.upperBound, in: session)
                .ranges(of: .runs, from: range.lowerBound, to: range.upperBound)
        }
        var runs: [String: (count: Int64, cost: Int64)] = [:]
        for part in ranges {
            try Task.checkCancellation()
            let found = try await pool.withSession { session in
                var parameters = Parameters()
                parameters.uuid(organisation)
                parameters.timestamp(microsecondsSince1970: part.lowerBound * 1_000_000)
                parameters.timestamp(microsecondsSince1970: part.upperBound * 1_000_000)
                parameters.json(TagsJSON.encode(filter.tags))
                parameters.textArray(filter.absent)
                let rows = try session.execute(ReportStatements.runs, parameters)
                return try (0..<rows.count).map { (agent: try rows.text($0, 0), count: try rows.int8($0, 1), cost: try rows.int8($0, 2)) }
            }
            for run in found {
                UsageSums.add(&runs[run.agent, default: (0, 0)].count, run.count)
                UsageSums.add(&runs[run.agent, default: (0, 0)].cost, run.cost)
            }
            guard runs.count <= Self.cellLimit else { throw ReportError.tooManyRows(limit: Self.cellLimit) }
        }
        return runs
    }

    /// Settlements that are not in the sums yet.
    func waiting() async throws -> Int64 {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            return try session.execute(ReportStatements.waiting, parameters).int8(0, 0)
        }
    }
}

extension UsageSums {
    /// Thirteen columns, as `ReportStatements.sums` names them.
    fileprivate init(_ rows: Rows, _ row: Int, from column: Int) throws {
        func value(_ offset: Int) throws -> Int64 { try rows.int8(row, column + offset) }
        self.init(
            facts: 0, calls: try value(0), toolCalls: try value(1), failed: try value(2), empty: try value(3), unused: try value(4),
            cost: try value(5), tokens: try value(6), inputTokens: try value(7), cachedTokens: try value(8), outputTokens: try value(9),
            reasoningTokens: try value(10), latencyMilliseconds: try value(11), timed: try value(12))
    }
}
