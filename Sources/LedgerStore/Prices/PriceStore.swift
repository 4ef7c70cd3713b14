public import Ledger
internal import Postgres

/// The price catalogue of an organisation. A price is a fact: it holds from its moment until a later one begins.
public struct PriceStore: Sendable {
    let pool: Pool
    let clock: StoreClock

    /// Takes over the prices of a file that differ from those in force at `effective`, and notes who did it.
    ///
    /// - Parameters:
    ///   - effective: nil: from now on. A moment in the past is refused, since calls were priced by then.
    ///   - author: who did it, for the list of imports.
    /// - Returns: nil if `effective` has passed; nothing was changed then.
    public func add(_ file: PriceFile, effective: Timestamp?, author: String, organisation: Identifier) async throws -> PriceImport? {
        let clock = clock
        return try await pool.withTransaction { session in
            let epoch = try PriceQueries.raiseEpoch(of: organisation, in: session)
            // Read under the lock of the epoch: an estimate might lie before an import that was answered already.
            let now = try Epochs.read(organisation, clock: clock, in: session).now
            let from = effective ?? now
            guard from >= now else {
                try session.rollback()
                return nil
            }
            let changes = try Self.changes(file, from: from, organisation: organisation, in: session)
            let added = try PriceQueries.insert(changes, from: from, epoch: epoch, organisation: organisation, in: session)
            let outcome = PriceImport(file, imported: added, from: from)
            // Imports of the same moment keep their order by the epoch.
            let id = Identifier.fresh(at: now, sequence: UInt8(truncatingIfNeeded: epoch))
            let done = RecordedPriceImport(id: id, outcome: outcome, author: author, createdAt: now)
            try PriceImportQueries.insert(done, organisation: organisation, in: session)
            return outcome
        }
    }

    /// Finds out what `add` would do, and changes nothing.
    ///
    /// - Returns: nil if `effective` has passed.
    public func preview(_ file: PriceFile, effective: Timestamp?, organisation: Identifier) async throws -> PricePreview? {
        let now = clock.now()
        let from = effective ?? now
        guard from >= now else { return nil }
        let changes = try await pool.withSession { try Self.changes(file, from: from, organisation: organisation, in: $0) }
        return PricePreview(
            outcome: PriceImport(file, imported: changes.count, from: from), changes: Array(changes.prefix(PricePreview.maximumChanges)))
    }

    /// By model and date.
    public func list(
        of organisation: Identifier, model: String?, after: (model: String, effectiveFrom: Timestamp)?, limit: Int
    ) async throws -> [ListedPrice] {
        try await pool.withSession { try PriceQueries.list(of: organisation, model: model, after: after, limit: limit, in: $0) }
    }

    /// The imports, newest first.
    public func imports(of organisation: Identifier, after: Identifier?, limit: Int) async throws -> [RecordedPriceImport] {
        try await pool.withSession { try PriceImportQueries.list(of: organisation, after: after, limit: limit, in: $0) }
    }

    private static func changes(
        _ file: PriceFile, from: Timestamp, organisation: Identifier, in session: Session
    ) throws -> [PriceChange] {
        var book = PriceBook()
        try PriceQueries.addChanges(to: &book, organisation: organisation, since: -1, in: session)
        return book.changes(to: file.prices, at: from)
    }
}
