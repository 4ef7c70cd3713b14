internal import Ledger
internal import Postgres

/// Cuts a time into ranges that hold a bounded number of rows, so that no statement over the sums outlives a second.
struct UsageHours {
    /// What is read, which says how many rows an hour has at most, and how finely it can be cut.
    enum Table {
        case hourly, slices, runs

        var unitSeconds: Int64 {
            switch self {
            case .hourly: UsagePage.hourSeconds
            case .slices: UsagePage.sliceSeconds
            case .runs: 10
            }
        }
    }

    struct Hour: Equatable {
        /// In seconds since 1970.
        let start: Int64
        let rows: Int64
        let facts: Int64

        func weight(_ table: Table) -> Int64 {
            switch table {
            case .hourly: rows
            case .slices: min(facts, rows.multipliedReportingOverflow(by: 12).overflow ? .max : rows * 12)
            case .runs: facts
            }
        }
    }

    /// About how many rows one statement reads.
    static let rowsAStatement: Int64 = 20_000

    private static let statement = Statement(
        "usage_hours_of",
        """
        SELECT h.hour, h.rows, h.facts FROM usage_hours h
        WHERE h.org_id = $1 AND h.hour >= $2::timestamptz AND h.hour < $3::timestamptz ORDER BY h.hour
        """
    )

    let hours: [Hour]

    /// The hours from the one with the second `start` to the second `end`, of which something is known.
    static func read(of organisation: Identifier, from start: Int64, to end: Int64, in session: Session) throws -> UsageHours {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: UsagePage.start(of: start, UsagePage.hourSeconds) * 1_000_000)
        parameters.timestamp(microsecondsSince1970: end * 1_000_000)
        let rows = try session.execute(statement, parameters)
        return UsageHours(
            hours: try (0..<rows.count).map {
                Hour(start: try rows.timestamp($0, 0) / 1_000_000, rows: try rows.int8($0, 1), facts: try rows.int8($0, 2))
            })
    }

    /// Ranges of seconds within `[start, end)` that cover everything that is known there, in their order.
    func ranges(of table: Table, from start: Int64, to end: Int64, limit: Int64 = rowsAStatement) -> [Range<Int64>] {
        var ranges: [Range<Int64>] = []
        var weight: Int64 = 0
        for hour in hours {
            let (from, to) = (max(hour.start, start), min(hour.start + UsagePage.hourSeconds, end))
            guard from < to else { continue }
            let own = max(1, hour.weight(table))
            if own > limit {
                ranges += Self.cut(from..<to, parts: own / limit + 1, unit: table.unitSeconds)
                weight = limit
            } else if let last = ranges.last, weight + own <= limit {
                ranges[ranges.count - 1] = last.lowerBound..<to
                weight += own
            } else {
                ranges.append(from..<to)
                weight = own
            }
        }
        return ranges
    }

    private static func cut(_ range: Range<Int64>, parts: Int64, unit: Int64) -> [Range<Int64>] {
        let step = max(unit, UsagePage.hourSeconds / parts / unit * unit)
        return stride(from: range.lowerBound, to: range.upperBound, by: Int(step)).map { $0..<min($0 + step, range.upperBound) }
    }
}
