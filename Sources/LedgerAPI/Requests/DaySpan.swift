internal import Ledger

/// Whole days of UTC, from `from` to before `to`.
struct DaySpan {
    static let maximumDays: Int64 = 92

    let first: CivilDate
    let days: Int64

    /// The month until now where nothing is asked for; the present day is in it.
    init(_ query: Query, now: Timestamp) throws {
        let today = CivilDate(daysSince1970: now.seconds / 86_400)
        let to = try Self.date(query, "to") ?? today.adding(days: 1)
        let from = try Self.date(query, "from") ?? CivilDate(year: to.adding(days: -1).year, month: to.adding(days: -1).month, day: 1) ?? today
        let days = to.daysSince1970 - from.daysSince1970
        guard (1...Self.maximumDays).contains(days) else {
            throw Problem.invalid("?to", "send a day after 'from', at most \(Self.maximumDays) days later")
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
