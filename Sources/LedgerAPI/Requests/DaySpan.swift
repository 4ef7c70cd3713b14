internal import Ledger

/// Whole days of UTC, from `from` to `to`, both included.
struct DaySpan {
    static let maximumDays: Int64 = 92

    let first: CivilDate
    let days: Int64

    /// The month until now where nothing is asked for; the present day is in it.
    init(_ query: Query, now: Timestamp) throws {
        let today = CivilDate(daysSince1970: now.seconds / 86_400)
        let last = try Self.date(query, "to") ?? today
        let from = try Self.date(query, "from") ?? CivilDate(year: last.year, month: last.month, day: 1) ?? last
        let days = last.daysSince1970 - from.daysSince1970 + 1
        guard (1...Self.maximumDays).contains(days) else {
            throw Problem.invalid("?to", "send 'from' or a later day, so that the report is of at most \(Self.maximumDays) days")
        }
        first = from
        self.days = days
    }

    var start: Timestamp { Timestamp(seconds: first.daysSince1970 * 86_400) }
    var end: Timestamp { start.adding(seconds: days * 86_400) }

    private static func date(_ query: Query, _ name: String) throws -> CivilDate? {
        guard let text = query[name] else { return nil }
        guard text.utf8.count == 10, let midnight = Timestamp(rfc3339: "\(text)T00:00:00Z") else {
            throw Problem.invalid("?\(name)", "send a day of UTC such as 2026-11-01")
        }
        return CivilDate(daysSince1970: midnight.seconds / 86_400)
    }
}
