public import Ledger

/// A form in which spending is exported.
public enum SpendFormat: String, CaseIterable, Sendable {
    /// FOCUS 1.2, one row for each kind of tokens of a settlement.
    case focus = "focus.csv"
    /// One row a settlement.
    case csv = "spend.csv"
    /// One object a settlement.
    case json = "spend.jsonl"

    public var contentType: String {
        switch self {
        case .focus, .csv: "text/csv; charset=utf-8; header=present"
        case .json: "application/jsonl"
        }
    }

    /// What stands before the first row.
    public var header: [UInt8] {
        switch self {
        case .focus: FocusColumns.header
        case .csv: SpendColumns.header
        case .json: []
        }
    }

    /// The rows of some settlements that lie behind a place.
    ///
    /// - Parameters:
    ///   - cursor: nil: all of them.
    ///   - prices: the price list, by which shares of one settlement are found.
    public func rows(_ records: [SpendRecord], after cursor: SpendCursor?, organisation: Organisation, prices: PriceBook) -> [UInt8] {
        let isNew = { (place: SpendCursor) in cursor.map { place.isBehind($0) } ?? true }
        var writer = CSVWriter(capacity: records.count * 640)
        var json: [UInt8] = []
        for record in records {
            switch self {
            case .focus:
                for row in FocusRow.rows(of: record, prices: prices) where isNew(record.cursor(row: row.index)) {
                    FocusColumns.write(row, of: record, organisation: organisation, to: &writer)
                }
            case .csv where isNew(record.cursor(row: 0)): SpendColumns.write(record, to: &writer)
            case .json where isNew(record.cursor(row: 0)): json += SpendJSON.line(record)
            default: break
            }
        }
        return self == .json ? json : writer.take()
    }
}
