internal import Ledger
internal import Postgres

/// From which sums a report is read: from those of whole days of UTC where no bound lies within one, else from those of hours; in
/// parts with a bounded number of rows.
enum ReportParts {
    struct Part: Hashable, Sendable {
        let isDaily: Bool
        /// In seconds since 1970.
        let range: Range<Int64>
    }

    /// A day with more rows is read by its hours.
    static let rowsADay: Int64 = 60_000
    private static let day = UsagePage.daySeconds

    /// - Parameter edges: the bounds of the report, ascending.
    static func read(_ organisation: Identifier, edges: [Int64], in session: Session) throws -> [Part] {
        guard let first = edges.first, let last = edges.last, first < last else { return [] }
        let hours = try UsageHours.read(of: organisation, from: first, to: last, in: session)
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: first * 1_000_000)
        parameters.timestamp(microsecondsSince1970: last * 1_000_000)
        let rows = try session.execute(ReportStatements.days, parameters)
        let days = try (0..<rows.count).map {
            UsageHours.Hour(start: try rows.timestamp($0, 0) / 1_000_000, rows: try rows.int8($0, 1), facts: try rows.int8($0, 2))
        }
        return parts(hours, days: days, edges: edges)
    }

    /// - Parameter days: what the days have, as hours have it.
    static func parts(_ hours: UsageHours, days: [UsageHours.Hour], edges: [Int64], limit: Int64 = UsageHours.rowsAStatement) -> [Part] {
        guard let first = edges.first, let last = edges.last else { return [] }
        let facts = hours.hours.reduce(into: [Int64: Int64]()) { $0[UsagePage.start(of: $1.start, day), default: 0] += $1.facts }
        let cut = Set(edges.filter { $0 % day != 0 }.map { UsagePage.start(of: $0, day) })
        let whole = days.filter { candidate in
            candidate.start >= first && candidate.start + day <= last && candidate.rows <= rowsADay && facts[candidate.start] == candidate.facts
                && !cut.contains(candidate.start)
        }
        var parts: [Part] = []
        var position = first
        var weight: Int64 = 0
        for own in whole {
            parts += hours.ranges(of: .hourly, from: position, to: own.start, limit: limit).map { Part(isDaily: false, range: $0) }
            if let before = parts.last, before.isDaily, before.range.upperBound == own.start, weight + own.rows <= limit {
                parts[parts.count - 1] = Part(isDaily: true, range: before.range.lowerBound..<own.start + day)
                weight += own.rows
            } else {
                parts.append(Part(isDaily: true, range: own.start..<own.start + day))
                weight = own.rows
            }
            position = own.start + day
        }
        return parts + hours.ranges(of: .hourly, from: position, to: last, limit: limit).map { Part(isDaily: false, range: $0) }
    }
}
