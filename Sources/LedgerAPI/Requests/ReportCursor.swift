internal import Ledger

/// Where a page of a report ended: the time of the report, and its last row.
struct ReportCursor {
    /// In seconds since 1970.
    let range: Range<Int64>
    let position: Int
    let last: Identifier

    init(range: Range<Int64>, position: Int, last: Identifier) {
        self.range = range
        self.position = position
        self.last = last
    }

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, let from = Int64(parts[0]), let to = Int64(parts[1]), from >= 0, from < to, to <= 253_402_300_800,
            let position = Int(parts[2]), (0...1_000_000).contains(position), let last = Identifier(parts[3])
        else { return nil }
        self.init(range: from..<to, position: position, last: last)
    }

    var text: String { "\(range.lowerBound).\(range.upperBound).\(position).\(last)" }
}
