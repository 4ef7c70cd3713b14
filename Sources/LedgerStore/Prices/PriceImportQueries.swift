internal import Ledger
internal import Postgres

/// The facts of who imported which file.
enum PriceImportQueries {
    private static let insertStatement = Statement(
        "price_import_insert",
        """
        INSERT INTO price_imports (org_id, id, checksum, effective_from, rate, imported, unchanged, skipped, author, created_at)
        VALUES ($1, $2, $3, $4::timestamptz, $5::bigint, $6::bigint, $7::bigint, $8::bigint, $9, $10::timestamptz)
        """
    )
    private static let listStatement = Statement(
        "price_import_list",
        """
        SELECT i.id, i.checksum, i.effective_from, i.rate, i.imported, i.unchanged, i.skipped, i.author, i.created_at FROM price_imports i
        WHERE i.org_id = $1 AND ($2::uuid IS NULL OR i.id < $2::uuid) ORDER BY i.id DESC LIMIT $3::bigint
        """
    )

    static func insert(_ done: RecordedPriceImport, organisation: Identifier, in session: Session) throws {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(done.id)
        parameters.text(done.outcome.checksum)
        parameters.timestamp(microsecondsSince1970: done.outcome.effectiveFrom.microseconds)
        parameters.int8(done.outcome.rate.nanos)
        parameters.int8(Int64(done.outcome.imported))
        parameters.int8(Int64(done.outcome.unchanged))
        parameters.int8(Int64(done.outcome.skipped))
        parameters.text(done.author)
        parameters.timestamp(microsecondsSince1970: done.createdAt.microseconds)
        _ = try session.execute(insertStatement, parameters)
    }

    /// Newest first.
    static func list(of organisation: Identifier, after: Identifier?, limit: Int, in session: Session) throws -> [RecordedPriceImport] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(after)
        parameters.int8(Int64(limit))
        let rows = try session.execute(listStatement, parameters)
        return try (0..<rows.count).map { try decode(rows, $0) }
    }

    private static func decode(_ rows: Rows, _ row: Int) throws -> RecordedPriceImport {
        guard let rate = ExchangeRate(nanos: try rows.int8(row, 3)) else {
            throw StoreError(.corrupt, "the stored exchange rate of a price import is out of bounds")
        }
        let outcome = PriceImport(
            imported: Int(try rows.int8(row, 4)), unchanged: Int(try rows.int8(row, 5)), skipped: Int(try rows.int8(row, 6)),
            effectiveFrom: Timestamp(microseconds: try rows.timestamp(row, 2)), checksum: try rows.text(row, 1), rate: rate)
        return RecordedPriceImport(
            id: try rows.uuid(row, 0), outcome: outcome, author: try rows.text(row, 7),
            createdAt: Timestamp(microseconds: try rows.timestamp(row, 8)))
    }
}
