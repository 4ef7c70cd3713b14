internal import Ledger
internal import Postgres

enum PriceQueries {
    private static let columns = "p.model, p.effective_from, p.input, p.output, p.cached_input, p.cache_write, p.reasoning, p.tiers"

    private static let changesStatement = Statement(
        "price_changes", "SELECT \(columns) FROM prices p WHERE p.org_id = $1 AND p.epoch > $2::bigint ORDER BY p.effective_from")
    private static let listStatement = Statement(
        "price_list",
        """
        SELECT \(columns) FROM prices p
        WHERE p.org_id = $1 AND ($2::text IS NULL OR p.model = $2::text)
          AND ($3::text IS NULL OR (p.model, p.effective_from) > ($3::text, $4::timestamptz))
        ORDER BY p.model, p.effective_from LIMIT $5::bigint
        """
    )
    private static let raiseEpochStatement = Statement(
        "price_raise_epoch", "UPDATE org_epochs SET prices = prices + 1 WHERE org_id = $1 RETURNING prices")
    private static let insertStatement = Statement(
        "price_insert",
        """
        INSERT INTO prices (org_id, effective_from, epoch, model, input, output, cached_input, cache_write, reasoning, tiers)
        SELECT e.org_id, $2::timestamptz, $3::bigint, d.model, d.input, d.output, d.cached_input, d.cache_write, d.reasoning, d.tiers
        FROM org_epochs e,
             unnest($4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::jsonb[])
             AS d(model, input, output, cached_input, cache_write, reasoning, tiers)
        WHERE e.org_id = $1
        ON CONFLICT DO NOTHING
        """
    )

    static func addChanges(to book: inout PriceBook, organisation: Identifier, since epoch: Int64, in session: Session) throws {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.int8(epoch)
        let rows = try session.execute(changesStatement, parameters)
        for row in 0..<rows.count {
            let listed = try decode(rows, row)
            book.add(PriceBook.Entry(effectiveFrom: listed.effectiveFrom, price: listed.price), model: listed.model)
        }
    }

    private static let pricedStatement = Statement(
        "price_priced",
        "SELECT DISTINCT p.model FROM prices p WHERE p.org_id = $1 AND p.model = ANY($2::text[]) AND p.effective_from <= $3::timestamptz")

    /// Those of some models that have a price at a moment.
    static func priced(among models: [String], of organisation: Identifier, at time: Timestamp, in session: Session) throws -> Set<String> {
        guard !models.isEmpty else { return [] }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.textArray(models)
        parameters.timestamp(microsecondsSince1970: time.microseconds)
        let rows = try session.execute(pricedStatement, parameters)
        return Set(try (0..<rows.count).map { try rows.text($0, 0) })
    }

    /// By model and date, after a model and date.
    static func list(
        of organisation: Identifier, model: String?, after: (model: String, effectiveFrom: Timestamp)?, limit: Int, in session: Session
    ) throws -> [ListedPrice] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.text(model)
        parameters.text(after?.model)
        parameters.timestamp(microsecondsSince1970: after?.effectiveFrom.microseconds)
        parameters.int8(Int64(limit))
        let rows = try session.execute(listStatement, parameters)
        return try (0..<rows.count).map { try decode(rows, $0) }
    }

    /// Raises the epoch of the organisation's prices; serialises who imports some.
    static func raiseEpoch(of organisation: Identifier, in session: Session) throws -> Int64 {
        var parameters = Parameters()
        parameters.uuid(organisation)
        let rows = try session.execute(raiseEpochStatement, parameters)
        guard rows.count == 1 else { throw StoreError(.corrupt, "the organisation has no epoch row") }
        return try rows.int8(0, 0)
    }

    /// Adds prices. A price that the same moment has already stays as it is.
    ///
    /// - Returns: how many were added.
    static func insert(
        _ changes: [PriceChange], from effective: Timestamp, epoch: Int64, organisation: Identifier, in session: Session
    ) throws -> Int {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: effective.microseconds)
        parameters.int8(epoch)
        parameters.textArray(changes.map(\.model))
        parameters.int8Array(changes.map(\.new.input))
        parameters.int8Array(changes.map(\.new.output))
        parameters.int8Array(changes.map(\.new.cachedInput))
        parameters.int8Array(changes.map(\.new.cacheWrite))
        parameters.int8Array(changes.map(\.new.reasoning))
        parameters.jsonbArray(changes.map { TiersJSON.encode($0.new.tiers) })
        return try session.execute(insertStatement, parameters).affected
    }

    private static func decode(_ rows: Rows, _ row: Int) throws -> ListedPrice {
        ListedPrice(
            model: try rows.text(row, 0), effectiveFrom: Timestamp(microseconds: try rows.timestamp(row, 1)),
            price: ModelPrice(
                input: try rows.int8(row, 2), output: try rows.int8(row, 3), cachedInput: try rows.int8IfPresent(row, 4),
                cacheWrite: try rows.int8IfPresent(row, 5), reasoning: try rows.int8IfPresent(row, 6),
                tiers: try TiersJSON.decode(try rows.jsonIfPresent(row, 7))))
    }
}
