public import Ledger
internal import Postgres

/// Reads the chain of an organisation, and the facts that its entries cover, page by page, each a transaction of its own.
public struct SealReader: Sendable {
    /// An entry with its facts as they are now.
    public struct Sealed: Sendable {
        public let entry: SealEntry
        let facts: [SealedFact]

        /// The lines of its facts. Those that are gone, or whose month was detached, are not among them.
        public var lines: [[UInt8]] { facts.compactMap { $0.line?.bytes } }
        /// Whether facts are missing because their months were detached.
        public var isDetached: Bool { facts.contains { $0.isDetached } }
    }

    /// How many facts a page has at most, but for one entry.
    static let factLimit: Int64 = 2_000
    static let entryLimit: Int64 = 500

    let pool: Pool

    /// How far the chain goes.
    public func head(of organisation: Identifier) async throws -> SealHead {
        try await pool.withSession { try Self.head(of: organisation, in: $0) }
    }

    /// What the chain was before the first entry that was sealed at `from` or later.
    public func start(of organisation: Identifier, from: Timestamp) async throws -> SealHead {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.timestamp(microsecondsSince1970: from.microseconds)
            let rows = try session.execute(SealStatements.lastBefore, parameters)
            guard rows.count == 1 else { return Self.beginning(of: organisation) }
            let entry = try Self.entry(rows, 0)
            return SealHead(position: entry.position, digest: entry.chain, sealedAt: entry.sealedAt)
        }
    }

    /// The entries after a position, with their facts.
    public func page(of organisation: Identifier, after position: Int64) async throws -> [Sealed] {
        try await pool.withSession { try Self.page(of: organisation, after: position, in: $0) }
    }

    static func head(of organisation: Identifier, in session: Session) throws -> SealHead {
        var parameters = Parameters()
        parameters.uuid(organisation)
        let rows = try session.execute(SealStatements.last, parameters)
        guard rows.count == 1 else { return beginning(of: organisation) }
        let entry = try entry(rows, 0)
        return SealHead(position: entry.position, digest: entry.chain, sealedAt: entry.sealedAt)
    }

    static func beginning(of organisation: Identifier) -> SealHead {
        SealHead(position: 0, digest: SealDigest.beginning(of: organisation), sealedAt: nil)
    }

    static func page(of organisation: Identifier, after position: Int64, in session: Session) throws -> [Sealed] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.int8(position)
        parameters.int8(entryLimit)
        let rows = try session.execute(SealStatements.entries, parameters)
        var entries: [SealEntry] = []
        var count: Int64 = 0
        for row in 0..<rows.count {
            let entry = try entry(rows, row)
            count += entry.facts
            if count > factLimit, !entries.isEmpty { break }
            entries.append(entry)
        }
        return try filled(entries, of: organisation, in: session)
    }

    private static func filled(_ entries: [SealEntry], of organisation: Identifier, in session: Session) throws -> [Sealed] {
        let reader = try SealedFacts(organisation, in: session)
        let batches = entries.compactMap { entry in entry.madeAt.map { (id: entry.key, madeAt: $0) } }
        let named = try reader.batches(batches)
        var singles: [String: [Identifier: FactLine]] = [:]
        for table in SealedTable.single {
            let keys = entries.filter { $0.source == table.name }.map(\.key)
            if !keys.isEmpty { singles[table.name] = try reader.singles(table, keys: keys) }
        }
        return entries.map { entry in
            guard entry.madeAt == nil else { return Sealed(entry: entry, facts: named[entry.key] ?? []) }
            let fact = SealedFact(table: entry.source, key: entry.key, kind: nil, line: singles[entry.source]?[entry.key])
            return Sealed(entry: entry, facts: [fact])
        }
    }

    private static func entry(_ rows: Rows, _ row: Int) throws -> SealEntry {
        SealEntry(
            position: try rows.int8(row, 0), source: try rows.text(row, 1), key: try rows.uuid(row, 2),
            madeAt: try rows.timestampIfPresent(row, 3).map { Timestamp(microseconds: $0) }, facts: try rows.int8(row, 4),
            marks: try rows.bytes(row, 5), digest: try rows.bytes(row, 6), chain: try rows.bytes(row, 7),
            sealedAt: Timestamp(microseconds: try rows.timestamp(row, 8)))
    }
}
