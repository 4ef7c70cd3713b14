internal import Charts
internal import Ledger

/// Days and months without a time of day, in the reader's zone.
struct DayText: Sendable {
    static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    let zone: Zone

    func date(_ time: Timestamp) -> CivilDate { CivilTime(time, offset: zone.offset(at: time)).date }

    /// `3 Dec`
    func day(_ time: Timestamp) -> String {
        let date = date(time)
        return "\(date.day) \(Self.months[Int(date.month) - 1])"
    }

    /// `Dec 2026`
    func month(_ time: Timestamp) -> String {
        let date = date(time)
        return "\(Self.months[Int(date.month) - 1]) \(date.year)"
    }

    /// `3 Dec to 9 Dec`, of a time whose end is no part of it.
    func period(_ from: Timestamp, _ to: Timestamp) -> String { "\(day(from)) to \(day(Timestamp(seconds: to.seconds - 1)))" }

    /// `2026-12-03`, as forms and the interface write days.
    func iso(_ date: CivilDate) -> String { "\(date.year)-\(Self.two(date.month))-\(Self.two(date.day))" }

    /// How an interval of a report is called: `3 Dec`, `3 Dec 14:00`, `Dec 2026`.
    func interval(_ start: Timestamp, _ interval: String) -> String {
        switch interval {
        case "hour":
            let civil = CivilTime(start, offset: zone.offset(at: start))
            return "\(day(start)) \(Self.two(civil.secondOfDay / 3_600)):00"
        case "month": return month(start)
        default: return day(start)
        }
    }

    /// The days that begin in a range, as labels along an axis of it.
    func labels(_ range: Range<Int64>) -> [AxisLabel] {
        guard !range.isEmpty, range.count < 400 * 86_400 else { return [] }
        return SpendForecast.calendar(from: range.lowerBound, now: range.upperBound - 1, zone: zone).map { day in
            let position = Double(day.range.lowerBound - range.lowerBound) / Double(range.count)
            return AxisLabel(max(position, 0), self.day(Timestamp(seconds: day.range.lowerBound)))
        }
    }

    static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension Visit {
    /// The zone in which reports cut time: the reader's, or UTC where its days do not begin with an hour of UTC.
    var reportZone: Zone { zone.offset(at: now) % 3_600 == 0 && zone.offset(at: now.adding(seconds: 15_552_000)) % 3_600 == 0 ? zone : .utc }

    /// Of reports.
    var days: DayText { DayText(zone: reportZone) }

    /// The first day of the month that it is now.
    var firstOfMonth: CivilDate { days.date(now).firstOfMonth }

    /// That month, in seconds since 1970.
    var month: Range<Int64> {
        let (first, zone) = (firstOfMonth, reportZone)
        return zone.moment(first, secondOfDay: 0).seconds..<zone.moment(first.firstOfNextMonth, secondOfDay: 0).seconds
    }
}
