internal import Ledger
internal import Postgres

/// One fact as a line of text: `{"fact":"settlements","row":{…}}`, canonical JSON of its row without what is NULL and without
/// org_id. Ids and times are strings (times RFC 3339 in UTC with six digits where there is a fraction), numbers integers.
struct FactLine: Sendable {
    let table: String
    let key: Identifier
    /// Without a line break.
    let bytes: [UInt8]

    /// - Parameter first: the place of the first of the table's columns in a row.
    init(_ table: SealedTable, key: Identifier, _ rows: Rows, _ row: Int, from first: Int) throws {
        self.table = table.name
        self.key = key
        var line = Array("{\"fact\":\"\(table.name)\",\"row\":{".utf8)
        line.reserveCapacity(1_024)
        var isFirst = true
        for (index, column) in table.columns.enumerated() where !rows.isNull(row, first + index) {
            if !isFirst { line.append(UInt8(ascii: ",")) }
            isFirst = false
            line += "\"\(column.name)\":".utf8
            try Self.append(column.kind, rows, row, first + index, to: &line)
        }
        line += "}}".utf8
        bytes = line
    }

    /// What RFC 3339 can say.
    private static let times = Timestamp(seconds: 0)..<Timestamp(seconds: 253_402_300_800)

    var digest: [UInt8] { Digest.sha256(bytes) }

    private static func append(_ kind: SealedColumn.Kind, _ rows: Rows, _ row: Int, _ column: Int, to line: inout [UInt8]) throws {
        switch kind {
        case .uuid: append(try rows.uuid(row, column) as Identifier, to: &line)
        case .integer: line += String(try rows.int8(row, column)).utf8
        case .text: CanonicalJSON.append(string: try rows.text(row, column), to: &line)
        case .time:
            let time = Timestamp(microseconds: try rows.timestamp(row, column))
            line.append(UInt8(ascii: "\""))
            // No time of the ledger lies elsewhere, but somebody may have written one there.
            if times.contains(time) { time.writeText { line.append($0) } } else { line += String(time.microseconds).utf8 }
            line.append(UInt8(ascii: "\""))
        case .json: line += try CanonicalJSON.rewrite(try rows.json(row, column))
        case .uuids: append(try rows.uuidArray(row, column) as [Identifier], to: &line) { append($0, to: &$1) }
        case .integers: append(try rows.int8Array(row, column), to: &line) { $1 += String($0).utf8 }
        case .texts: append(try rows.textArray(row, column), to: &line) { CanonicalJSON.append(string: $0, to: &$1) }
        }
    }

    private static func append(_ id: Identifier, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        id.writeText { line.append($0) }
        line.append(UInt8(ascii: "\""))
    }

    private static func append<Element>(_ elements: [Element], to line: inout [UInt8], _ body: (Element, inout [UInt8]) -> Void) {
        line.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            body(element, &line)
        }
        line.append(UInt8(ascii: "]"))
    }
}
