internal import Ledger
internal import Postgres

/// Counts the facts that batches name, and then the rows that are there, so that a row which no batch names is found.
///
/// Both go into the same number of buckets as sums of hashes, so memory stays the same however many there are. Only the
/// buckets that differ are looked at again, row by row.
struct FactCensus {
    private static let bucketCount = 16_384
    /// No more than this many rows are looked at one by one.
    private static let suspectLimit = 1_000_000

    private struct Key: Hashable {
        let table: String
        let id: Identifier
        let kind: String

        var hash: UInt64 {
            var state = table.utf8.reduce(0 as UInt64) { ($0 &* 31) &+ UInt64($1) } &+ UInt64(kind.utf8.first ?? 0) &* 0x9E37_79B9_7F4A_7C15
            for word in [id.high, id.low] {
                state ^= word
                state = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
                state = (state ^ (state >> 27)) &* 0x94D0_49BB_1331_11EB
                state ^= state >> 31
            }
            return state
        }
    }

    private var buckets = [UInt64](repeating: 0, count: Self.bucketCount)

    /// Takes what an entry names into account.
    mutating func count(_ facts: [SealedFact]) {
        for fact in facts where !fact.isDetached { add(Key(table: fact.table, id: fact.key, kind: fact.kind ?? "")) }
    }

    private mutating func add(_ key: Key) { buckets[Int(key.hash % UInt64(Self.bucketCount))] &+= key.hash | 1 }

    private mutating func remove(_ key: Key) { buckets[Int(key.hash % UInt64(Self.bucketCount))] &-= key.hash | 1 }

    /// The rows that no batch names.
    ///
    /// - Parameters:
    ///   - position: the last seal that was counted.
    ///   - now: rows that say they are newer are left for the next time, since batches are under way.
    mutating func findStrays(_ organisation: Identifier, after position: Int64, at now: Timestamp, in session: Session) throws -> [Finding] {
        try Self.scan(organisation, until: now, in: session) { remove($0) }
        // What waited for its seal when the rows were read is by now still waiting, or in a later seal.
        for key in try Self.unsealed(organisation, after: position, until: now, in: session) { add(key) }
        let suspects = Set(buckets.indices.filter { buckets[$0] != 0 })
        guard !suspects.isEmpty else { return [] }
        var rows: [Key: Int] = [:]
        try Self.scan(organisation, until: now, in: session) { key in
            guard suspects.contains(Int(key.hash % UInt64(Self.bucketCount))), rows.count < Self.suspectLimit else { return }
            rows[key, default: 0] += 1
        }
        // First what waits: a batch that is sealed after that is among those which are read next.
        var once = try Self.unsealed(organisation, after: .max, until: .init(microseconds: .max), in: session)
        try Self.named(organisation, in: session) { if rows[$0] != nil { once.insert($0) } }
        for key in once { if let count = rows[key] { rows[key] = count > 1 ? count - 1 : nil } }
        return rows.keys.map {
            Finding("\($0.table) \($0.id)\($0.kind.isEmpty ? "" : " (\($0.kind))")", "is in no batch that was sealed: it was added later")
        }
    }

    // MARK: - Reading

    private static func scan(
        _ organisation: Identifier, until now: Timestamp, in session: Session, _ body: (Key) -> Void
    ) throws {
        for (table, statement) in CensusStatements.scans {
            var after = Identifier.none
            var kind = ""
            while true {
                var parameters = VerificationStatements.page(organisation, after: after)
                parameters.text(kind)
                let rows = try session.execute(statement, parameters, timeout: .seconds(60))
                for row in 0..<rows.count {
                    after = try rows.uuid(row, 0)
                    kind = try rows.text(row, 1)
                    if Timestamp(microseconds: try rows.timestamp(row, 2)) <= now { body(Key(table: table, id: after, kind: kind)) }
                }
                if rows.count < VerificationStatements.pageSize { break }
            }
        }
    }

    /// What the batches name that are in no seal up to a position.
    private static func unsealed(
        _ organisation: Identifier, after position: Int64, until now: Timestamp, in session: Session
    ) throws -> Set<Key> {
        var keys: Set<Key> = []
        func take(_ batches: [(id: Identifier, madeAt: Timestamp)]) throws {
            let facts = try SealedFacts(organisation, in: session).batches(batches.filter { $0.madeAt <= now })
            for fact in facts.values.joined() where !fact.isDetached { keys.insert(Key(table: fact.table, id: fact.key, kind: fact.kind ?? "")) }
        }
        var after = Identifier.none
        while true {
            let waiting = try Sealer.waiting(organisation, after: after, in: session).batches
            guard let last = waiting.last else { break }
            try take(waiting)
            after = last.id
        }
        var from = position
        while from < .max {
            let page = try SealReader.page(of: organisation, after: from, in: session)
            guard let last = page.last else { break }
            try take(page.compactMap { sealed in sealed.entry.madeAt.map { (sealed.entry.key, $0) } })
            from = last.entry.position
        }
        return keys
    }

    /// Everything that sealed batches name.
    private static func named(_ organisation: Identifier, in session: Session, _ body: (Key) -> Void) throws {
        var from: Int64 = 0
        while true {
            let page = try SealReader.page(of: organisation, after: from, in: session)
            guard let last = page.last else { return }
            for sealed in page where sealed.entry.madeAt != nil {
                for fact in sealed.facts { body(Key(table: fact.table, id: fact.key, kind: fact.kind ?? "")) }
            }
            from = last.entry.position
        }
    }
}
