public import Ledger
internal import Postgres

/// The price catalogue of an organisation. A price is a fact: it holds from its moment until a later one begins.
public struct PriceStore: Sendable {
    let pool: Pool
    let clock: StoreClock

    /// Takes over the prices of a file that differ from those in force at `effective`.
    ///
    /// - Parameter effective: nil: from now on. A moment in the past is refused, since calls were priced by then.
    /// - Returns: nil if `effective` has passed.
    public func add(_ file: PriceFile, effective: Timestamp?, organisation: Identifier) async throws -> PriceImport? {
        let now = clock.now()
        let from = effective ?? now
        guard from >= now else { return nil }
        return try await pool.withTransaction { session in
            let epoch = try PriceQueries.raiseEpoch(of: organisation, in: session)
            var book = PriceBook()
            try PriceQueries.addChanges(to: &book, organisation: organisation, since: -1, in: session)
            let changed = file.prices.filter { book.price(of: $0.key, at: from) != $0.value }
            let added = try PriceQueries.insert(
                changed.map { (model: $0.key, price: $0.value) }, from: from, epoch: epoch, organisation: organisation, in: session)
            return PriceImport(
                imported: added, unchanged: file.prices.count - added, skipped: file.skipped, effectiveFrom: from,
                checksum: file.checksum)
        }
    }

    /// By model and date.
    public func list(
        of organisation: Identifier, model: String?, after: (model: String, effectiveFrom: Timestamp)?, limit: Int
    ) async throws -> [ListedPrice] {
        try await pool.withSession { try PriceQueries.list(of: organisation, model: model, after: after, limit: limit, in: $0) }
    }
}
