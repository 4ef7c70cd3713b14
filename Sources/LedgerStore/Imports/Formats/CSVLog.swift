internal import Ledger

/// A log as CSV (RFC 4180): the first row names the columns.
struct CSVLog {
    private enum Column {
        case field(CallDraft.Field)
        case tag(String)
        case ignored
    }

    static let maximumColumns = 256

    private let rate: ExchangeRate
    private var columns: [Column] = []
    private var names: [String] = []
    private(set) var ignored: [String] = []

    init(rate: ExchangeRate) { self.rate = rate }

    var hasHeader: Bool { !columns.isEmpty }

    /// - Throws: where the row of names is wrong, so that no row can be understood.
    mutating func read(_ record: [UInt8]) throws(LogFault) -> [LogParser.Entry] {
        guard hasHeader else {
            try readHeader(record)
            return []
        }
        do throws(LogFault) {
            return [.call(try call(record))]
        } catch {
            return [.refused(error)]
        }
    }

    private mutating func readHeader(_ record: [UInt8]) throws(LogFault) {
        let bytes = record.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(record.dropFirst(3)) : record
        let cells = try Self.cells(bytes).map { $0.filter { $0 != " " } }
        guard cells.count <= Self.maximumColumns else { throw LogFault("", "a log has at most \(Self.maximumColumns) columns") }
        var known: [LogColumns.Meaning: String] = [:]
        var columns: [Column] = []
        for name in cells {
            guard let meaning = LogColumns.meaning(of: name) else {
                columns.append(.ignored)
                ignored.append(LogText.shown(name))
                continue
            }
            if let other = known.updateValue(name, forKey: meaning) {
                throw LogFault(name, "this column means the same as '\(other)'; keep one of them")
            }
            switch meaning {
            case .field(let field): columns.append(.field(field))
            case .tag(let tag): columns.append(.tag(tag))
            }
        }
        guard known[.field(.time)] != nil || known[.field(.endTime)] != nil, known[.field(.model)] != nil || known[.field(.tool)] != nil else {
            let isOther = cells.count == 1 && cells[0].contains { $0 == ";" || $0 == "\t" }
            throw LogFault(
                "",
                isOther
                    ? "the first row has no comma; separate the columns by commas"
                    : "the first row must name the columns, 'time' and 'model' or 'tool' among them; it names \(cells.prefix(12).joined(separator: ", "))"
            )
        }
        (self.columns, names) = (columns, cells)
    }

    private func call(_ record: [UInt8]) throws(LogFault) -> CallDraft {
        let cells = try Self.cells(record)
        guard cells.count == columns.count else {
            throw LogFault("", "the row has \(cells.count) cells, but the first row names \(columns.count) columns")
        }
        var draft = CallDraft()
        for (index, cell) in cells.enumerated() {
            switch columns[index] {
            case .field(let field): try draft.set(field, cell, at: names[index], rate: rate)
            case .tag(let tag): try draft.tag(tag, cell, at: names[index])
            case .ignored: break
            }
        }
        return draft
    }

    /// The cells of a row.
    static func cells(_ record: [UInt8]) throws(LogFault) -> [String] {
        var cells: [String] = []
        var position = 0
        while true {
            let (cell, end) = try cell(record, from: position, number: cells.count + 1)
            cells.append(cell)
            guard end < record.count else { return cells }
            position = end + 1
        }
    }

    /// A cell, and where the comma behind it stands.
    private static func cell(_ record: [UInt8], from start: Int, number: Int) throws(LogFault) -> (text: String, end: Int) {
        guard start < record.count, record[start] == UInt8(ascii: "\"") else {
            let end = record[start...].firstIndex(of: UInt8(ascii: ",")) ?? record.count
            return (try text(record[start..<end], number: number), end)
        }
        var content: [UInt8] = []
        var position = start + 1
        while let quote = record[position...].firstIndex(of: UInt8(ascii: "\"")) {
            content += record[position..<quote]
            guard quote + 1 < record.count, record[quote + 1] != UInt8(ascii: ",") else {
                return (try text(content[...], number: number), min(quote + 1, record.count))
            }
            guard record[quote + 1] == UInt8(ascii: "\"") else {
                throw LogFault("", "cell \(number) has something behind its closing quote; write a quote within a cell twice")
            }
            content.append(UInt8(ascii: "\""))
            position = quote + 2
        }
        throw LogFault("", "cell \(number) has a quote that does not end")
    }

    private static func text(_ bytes: ArraySlice<UInt8>, number: Int) throws(LogFault) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw LogFault("", "cell \(number) is not valid UTF-8") }
        return text
    }
}
