/// What a month will have cost when it ends, if it goes on as before.
public struct SpendForecast: Hashable, Sendable {
    public enum Method: String, CaseIterable, Sendable {
        /// Each day that is left costs the mean of its weekday over the last four weeks, the rest of today its share of that.
        case runRateByWeekday = "run_rate_by_weekday"
        /// Every second that is left costs the mean since the first use; for those who are known for less than two weeks.
        case runRate = "run_rate"
    }

    /// Days of history that are looked at.
    public static let days: Int64 = 28
    /// So many whole days must be known before weekdays are told apart.
    static let minimumDays = 14

    /// The month, in seconds since 1970.
    public let month: Range<Int64>
    /// In the month, until now; nano-units.
    public let spent: Int64
    /// In the whole month; nano-units, rounded down.
    public let cost: Int64
    public let method: Method
    /// Whole days that were looked at.
    public let knownDays: Int

    /// - Parameters:
    ///   - days: what was spent, day by day without a gap, from the start of the month or four weeks ago, whichever is earlier, until
    ///     today, whose cost is that until now.
    ///   - month: that `now` lies in.
    /// - Returns: nil where nothing is known, or too little time has passed.
    public init?(_ days: [SpendDay], month: Range<Int64>, now: Int64, zone: Zone) {
        guard let first = days.firstIndex(where: { $0.cost > 0 }), let today = days.last(where: { $0.range.contains(now) }) else { return nil }
        let known = days[first...].filter { $0.range.upperBound <= now }.suffix(Int(Self.days))
        let spent = days.reduce(Int128(0)) { $0 + (month.contains($1.range.lowerBound) ? Int128($1.cost) : 0) }
        let rest: Int128
        if known.count >= Self.minimumDays {
            method = .runRateByWeekday
            rest = Self.byWeekday(Array(known), today: today, until: month.upperBound, now: now, zone: zone)
        } else {
            method = .runRate
            let elapsed = Int128(now - days[first].range.lowerBound)
            guard elapsed >= 3_600 else { return nil }
            let total = days[first...].reduce(Int128(0)) { $0 + Int128($1.cost) }
            rest = total * Int128(max(0, month.upperBound - now)) / elapsed
        }
        self.month = month
        self.spent = Int64(clamping: spent)
        cost = Int64(clamping: spent + rest)
        knownDays = known.count
    }

    private static func byWeekday(_ known: [SpendDay], today: SpendDay, until end: Int64, now: Int64, zone: Zone) -> Int128 {
        // In thousandths of a nano-unit, so that a month of roundings is none.
        let means = (0..<Int64(7)).map { weekday -> Int128 in
            let costs = known.filter { $0.weekday == weekday }.map { Int128($0.cost) }
            return costs.isEmpty ? 0 : costs.reduce(0, +) * 1_000 / Int128(costs.count)
        }
        func mean(_ weekday: Int64) -> Int128 { means[Int(weekday)] }
        var rest = mean(today.weekday) * Int128(today.range.upperBound - now) / Int128(max(1, today.range.count))
        var date = CivilTime(Timestamp(seconds: today.range.lowerBound), offset: zone.offset(at: Timestamp(seconds: today.range.lowerBound))).date
        var start = today.range.upperBound
        while start < end {
            date = date.adding(days: 1)
            rest += mean(date.weekday)
            start = zone.moment(date.adding(days: 1), secondOfDay: 0).seconds
        }
        return rest / 1_000
    }

    /// The days from the one of `from` to the one of `now`, each with its weekday, in seconds since 1970.
    public static func calendar(from: Int64, now: Int64, zone: Zone) -> [(range: Range<Int64>, weekday: Int64)] {
        var days: [(range: Range<Int64>, weekday: Int64)] = []
        let first = Timestamp(seconds: from)
        var date = CivilTime(first, offset: zone.offset(at: first)).date
        var start = zone.moment(date, secondOfDay: 0).seconds
        while start <= now {
            let next = date.adding(days: 1)
            let end = zone.moment(next, secondOfDay: 0).seconds
            if start < end { days.append((start..<end, date.weekday)) }
            (date, start) = (next, max(start, end))
        }
        return days
    }
}
