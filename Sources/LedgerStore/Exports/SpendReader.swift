public import Ledger
internal import Postgres

/// Reads what was spent, settlement by settlement and imported call by imported call, in the order in which batches booked them, page by
/// page, each a transaction of its own: memory stays the same however much there is. Settlements are of the time at which they were
/// booked, imported calls of the time that their log tells.
public struct SpendReader: Sendable {
    /// Which settlements.
    public struct Selection: Sendable {
        public let from: Timestamp
        /// Not among them.
        public let to: Timestamp
        /// Calls that have all of these tags.
        public let tags: Tags

        public init(from: Timestamp, to: Timestamp, tags: Tags) {
            self.from = from
            self.to = to
            self.tags = tags
        }
    }

    public struct Page: Sendable {
        public let records: [SpendRecord]
        /// The last batch that was looked at; nil: there is no more.
        public let last: Identifier?
    }

    struct Named {
        let batch: Identifier
        let index: Int
        let id: Identifier
        let kind: String
    }

    /// How many settlements a page has at most, but for one batch.
    static let factLimit = 1_000
    static let batchLimit: Int64 = 500
    /// The kind of what was taken over from a log; see ``ImportStore``.
    static let importedKind = "imported"

    let pool: Pool

    /// Where the batches of a selection begin, behind which the first page is read.
    ///
    /// - Parameter cursor: where the reader was cut off.
    public func start(_ selection: Selection, after cursor: SpendCursor?) -> Identifier {
        let first = Self.start(selection)
        // The rest of the cursor's own batch is still to come.
        return max(first, cursor?.batch.predecessor ?? .none)
    }

    /// Before the first batch of a selection: imported calls may lie a little behind the batch that booked them.
    static func start(_ selection: Selection) -> Identifier {
        .version7(at: selection.from.adding(seconds: -1 - LogImport.futureSeconds), sequence: 0, random: 0)
    }

    public func page(of organisation: Identifier, _ selection: Selection, after batch: Identifier) async throws -> Page {
        try await pool.withSession { session in
            let (named, last) = try Self.named(organisation, selection, after: batch, in: session)
            return Page(records: try Self.records(named, organisation, selection, in: session), last: last)
        }
    }

    /// The settlements of the next batches behind one, and the last batch that was looked at; nil: there is no more.
    static func named(
        _ organisation: Identifier, _ selection: Selection, after batch: Identifier, in session: Session
    ) throws -> (named: [Named], last: Identifier?) {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: selection.from.microseconds)
        parameters.timestamp(microsecondsSince1970: selection.to.microseconds)
        parameters.uuid(batch)
        parameters.uuid(Identifier.version7(at: selection.to.adding(seconds: 1), sequence: .max, random: .max))
        parameters.int8(batchLimit)
        let rows = try session.execute(SpendStatements.batches, parameters)
        var named: [Named] = []
        var chunks: [(id: Identifier, at: Int64)] = []
        var count = 0
        var last: Identifier?
        for row in 0..<rows.count {
            let id: Identifier = try rows.uuid(row, 0)
            let settled: [Identifier] = try rows.uuidArray(row, 1)
            let kinds = try rows.textArray(row, 2)
            guard settled.count == kinds.count else { throw StoreError(.corrupt, "a batch names settlements of unknown kinds") }
            let imported = Int(try rows.int8(row, 3))
            if count > 0, count + settled.count + imported > factLimit { break }
            count += settled.count + imported
            for index in settled.indices { named.append(Named(batch: id, index: index, id: settled[index], kind: kinds[index])) }
            if imported > 0 { chunks.append((id, try rows.timestamp(row, 4))) }
            last = id
        }
        return (named + (try imported(chunks, organisation, in: session)), last)
    }

    /// The calls that some batches imported.
    private static func imported(
        _ chunks: [(id: Identifier, at: Int64)], _ organisation: Identifier, in session: Session
    ) throws -> [Named] {
        guard !chunks.isEmpty else { return [] }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(chunks.map(\.id))
        parameters.timestampArray(chunks.map(\.at))
        let rows = try session.execute(SpendStatements.importedIDs, parameters)
        var named: [Named] = []
        for row in 0..<rows.count {
            let batch: Identifier = try rows.uuid(row, 0)
            let ids: [Identifier] = try rows.uuidArray(row, 1)
            named += ids.enumerated().map { Named(batch: batch, index: $0, id: $1, kind: importedKind) }
        }
        return named
    }

    private static func records(
        _ named: [Named], _ organisation: Identifier, _ selection: Selection, in session: Session
    ) throws -> [SpendRecord] {
        guard try UsageHead.isCorrected(organisation, in: session) else { return try sent(named, organisation, selection, in: session) }
        // Where something was corrected, the tags that the calls should have had decide.
        let all = try sent(named, organisation, Selection(from: selection.from, to: selection.to, tags: Tags()), in: session)
        let corrections = try CallCorrections.read(all.map(\.id), of: organisation, in: session)
        return all.map { $0.corrected(by: corrections[$0.id]) }.filter { $0.tags.contains(selection.tags) }
    }

    /// With the tags that the calls sent.
    private static func sent(
        _ named: [Named], _ organisation: Identifier, _ selection: Selection, in session: Session
    ) throws -> [SpendRecord] {
        let records =
            try settled(named.filter { $0.kind != importedKind }, organisation, selection, in: session)
            + calls(named.filter { $0.kind == importedKind }, organisation, selection, in: session)
        return records.sorted { ($0.batch, $0.index) < ($1.batch, $1.index) }
    }

    private static func settled(
        _ named: [Named], _ organisation: Identifier, _ selection: Selection, in session: Session
    ) throws -> [SpendRecord] {
        guard !named.isEmpty else { return [] }
        let months = Partitions.months(of: named.map(\.id))
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(named.map(\.id))
        parameters.textArray(named.map(\.kind))
        parameters.timestamp(microsecondsSince1970: months.start.microseconds)
        parameters.timestamp(microsecondsSince1970: months.end.microseconds)
        parameters.json(TagsJSON.encode(selection.tags))
        let rows = try session.execute(SpendStatements.facts, parameters)
        return try (0..<rows.count).map { row in
            let place = Int(try rows.int8(row, 0)) - 1
            guard named.indices.contains(place) else { throw StoreError(.corrupt, "a settlement came without its place") }
            return try record(rows, row, named[place])
        }
    }

    private static func record(_ rows: Rows, _ row: Int, _ named: Named) throws -> SpendRecord {
        let input = try rows.int8IfPresent(row, 14)
        let usage = try input.map { input in
            TokenUsage(
                input: input, output: try rows.int8IfPresent(row, 15) ?? 0, cachedInput: try rows.int8IfPresent(row, 16) ?? 0,
                cacheWrite: try rows.int8IfPresent(row, 17) ?? 0, reasoning: try rows.int8IfPresent(row, 18) ?? 0)
        }
        return SpendRecord(
            batch: named.batch, index: named.index, id: try rows.uuid(row, 1), kind: try rows.text(row, 2), state: try rows.text(row, 3),
            openedAt: Timestamp(microseconds: try rows.timestamp(row, 4)), settledAt: Timestamp(microseconds: try rows.timestamp(row, 5)),
            model: try rows.textIfPresent(row, 6), tool: try rows.textIfPresent(row, 7),
            tags: try TagsJSON.decode(try rows.jsonIfPresent(row, 8) ?? Array("{}".utf8)), step: try rows.int8IfPresent(row, 9),
            charged: Amounts(
                cost: try rows.int8(row, 10), tokens: try rows.int8(row, 11), modelCalls: try rows.int8(row, 12),
                toolCalls: try rows.int8(row, 13)),
            usage: usage, isStated: try rows.bool(row, 19), usageSource: try rows.textIfPresent(row, 20), status: try rows.textIfPresent(row, 21),
            latencyMilliseconds: try rows.int8IfPresent(row, 22), routeReason: try rows.textIfPresent(row, 23),
            policyVersion: try rows.int8(row, 24))
    }
}

extension Identifier {
    fileprivate var predecessor: Identifier {
        low > 0 ? Identifier(high: high, low: low - 1) : Identifier(high: high > 0 ? high - 1 : 0, low: high > 0 ? .max : 0)
    }
}
