internal import Ledger
internal import Postgres

/// The columns `id, envelope, meter, rule, names, values, window_start, window_end`, from a given column on.
enum BalanceIdentityRow {
    static func decode(_ rows: Rows) throws -> [BalanceIdentity] {
        try (0..<rows.count).map { try decode(rows, $0, from: 0) }
    }

    static func decode(_ rows: Rows, _ row: Int, from column: Int) throws -> BalanceIdentity {
        let id: Identifier = try rows.uuid(row, column)
        guard let meter = Meter(rawValue: try rows.text(row, column + 2)) else {
            throw StoreError(.corrupt, "balance \(id) has an unknown meter")
        }
        return BalanceIdentity(
            id: id, envelope: try rows.text(row, column + 1), meter: meter, rule: try rows.text(row, column + 3),
            names: try rows.textArray(row, column + 4), values: try rows.textArray(row, column + 5),
            window: Window(
                start: try rows.timestampIfPresent(row, column + 6).map { Timestamp(microseconds: $0) },
                end: try rows.timestampIfPresent(row, column + 7).map { Timestamp(microseconds: $0) })
        )
    }
}
