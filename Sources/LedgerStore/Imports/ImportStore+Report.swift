public import Ledger
internal import Postgres

/// What an import tells of its log as a whole.
extension ImportStore {
    /// How many rows of sums one statement reads.
    private static let rowLimit: Int64 = 10_000
    /// How many of the longest runs are looked at for calls that repeat.
    private static let looked: Int64 = 20

    /// Reads the sums of the import, page by page.
    public func summary(of stored: StoredImport, in organisation: Identifier) async throws -> LogSummary {
        let id = stored.id ?? .none
        var aggregate = LogAggregate()
        var after = (day: Int64.min, row: Identifier.none)
        while true {
            let (page, last) = try await pool.withSession { [after] session in try Self.page(id, organisation, after: after, in: session) }
            for row in page { aggregate.add(row.sums, tags: row.tags, model: row.model, tool: row.tool, day: row.day) }
            guard let last else { break }
            after = last
        }
        let runs = try await pool.withSession { session in try Self.runs(id, organisation, in: session) }
        return aggregate.summary(
            first: stored.counts.first, last: stored.counts.last, withRun: runs.total, lengths: runs.lengths, runs: runs.dearest,
            longest: runs.longest)
    }

    private struct Row: Sendable {
        let sums: LogSums
        let tags: Tags
        let model: String?
        let tool: String?
        let day: Int64
    }

    private static func page(
        _ id: Identifier, _ organisation: Identifier, after: (day: Int64, row: Identifier), in session: Session
    ) throws -> (rows: [Row], last: (day: Int64, row: Identifier)?) {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        parameters.timestamp(microsecondsSince1970: max(after.day, -1_000_000))
        parameters.uuid(after.row)
        parameters.int8(rowLimit)
        let rows = try session.execute(ImportReportStatements.usage, parameters)
        var last: (day: Int64, row: Identifier)?
        let found = try (0..<rows.count).map { row in
            let day = try rows.timestamp(row, 0)
            last = (day, try rows.uuid(row, 1))
            return Row(
                sums: try sums(rows, row, from: 5), tags: try TagsJSON.decode(try rows.json(row, 2)), model: try rows.textIfPresent(row, 3),
                tool: try rows.textIfPresent(row, 4), day: day / 86_400_000_000)
        }
        return (found, rows.count < Int(rowLimit) ? nil : last)
    }

    private static func sums(_ rows: Rows, _ row: Int, from column: Int) throws -> LogSums {
        LogSums(
            calls: try rows.int8(row, column), toolCalls: try rows.int8(row, column + 1), failed: try rows.int8(row, column + 2),
            cost: Money(nanos: try rows.int8(row, column + 3)), tokens: try rows.int8(row, column + 4))
    }

    private struct Runs: Sendable {
        let total: LogSums
        let lengths: LogSummary.RunLengths
        let dearest: [LogRun]
        let longest: [LogRun]
    }

    private static func runs(_ id: Identifier, _ organisation: Identifier, in session: Session) throws -> Runs {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        let rows = try session.execute(ImportReportStatements.lengths, parameters)
        let count = try rows.int8(0, 0)
        guard count > 0 else { return Runs(total: LogSums(), lengths: .none, dearest: [], longest: []) }
        let calls = try rows.int8Array(0, 6)
        guard calls.count == 4 else { throw StoreError(.corrupt, "percentiles are missing") }
        let lengths = LogSummary.RunLengths(
            count: count, median: calls[0], percentile99: calls[1], percentile999: calls[2], longest: calls[3], tokens999: try rows.int8(0, 7))
        var longest = try list(ImportReportStatements.longest, id, organisation, limit: looked, in: session)
        let repeats = try repeats(longest.map(\.key), id, organisation, in: session)
        for index in longest.indices { longest[index].run = longest[index].run.with(identical: repeats[longest[index].key]) }
        return Runs(
            total: try sums(rows, 0, from: 1), lengths: lengths,
            dearest: try list(ImportReportStatements.dearest, id, organisation, limit: Int64(LogSummary.groupLimit), in: session).map(\.run),
            longest: longest.map(\.run))
    }

    private static func list(
        _ statement: Statement, _ id: Identifier, _ organisation: Identifier, limit: Int64, in session: Session
    ) throws -> [(key: Identifier, run: LogRun)] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        parameters.int8(limit)
        let rows = try session.execute(statement, parameters)
        return try (0..<rows.count).map { row in
            let run = LogRun(
                id: try rows.text(row, 1), sums: try sums(rows, row, from: 4), first: Timestamp(microseconds: try rows.timestamp(row, 2)),
                last: Timestamp(microseconds: try rows.timestamp(row, 3)), tags: try TagsJSON.decode(try rows.json(row, 9)))
            return (try rows.uuid(row, 0), run)
        }
    }

    private static func repeats(
        _ keys: [Identifier], _ id: Identifier, _ organisation: Identifier, in session: Session
    ) throws -> [Identifier: Int64] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(keys)
        parameters.uuid(id)
        let rows = try session.execute(ImportReportStatements.repeats, parameters)
        var repeats: [Identifier: Int64] = [:]
        for row in 0..<rows.count { repeats[try rows.uuid(row, 0)] = try rows.int8(row, 1) }
        return repeats
    }
}
