/// How an envelope cuts time into windows. Every window belongs to one envelope: time zone, week start and time of day
/// are the envelope's own.
public struct WindowRule: Hashable, Sendable {
    public enum Period: String, CaseIterable, Sendable {
        case minute, hour, day, week, month
        /// One window for as long as the run lives: for ever, per run.
        case run
        /// One window for ever, what an envelope without `window` has.
        case forever
    }

    public let period: Period
    /// 0 is Monday … 6 is Sunday; only weeks use it.
    public let weekStart: Int64
    /// Seconds after midnight at which days, weeks and months turn, 0 ..< 86,400.
    public let secondOfDay: Int64
    /// Whose midnight that is; minutes and hours do not ask.
    public let zone: Zone

    public init(_ period: Period, weekStart: Int64 = 0, secondOfDay: Int64 = 0, zone: Zone = .utc) {
        self.period = period
        self.weekStart = weekStart
        self.secondOfDay = secondOfDay
        self.zone = zone
    }

    public static let forever = WindowRule(.forever)

    /// The window that contains a moment. Consecutive windows meet without a gap, whatever the clocks do.
    public func window(containing time: Timestamp) -> Window {
        switch period {
        case .forever, .run: .forever
        case .minute: aligned(time, to: 60)
        case .hour: aligned(time, to: 3_600)
        case .day, .week, .month: calendarWindow(containing: time)
        }
    }

    /// Minutes and hours are stretches of elapsed time, cut in UTC: a zone that moves its clocks by half an hour would
    /// otherwise cut two overlapping hours.
    private func aligned(_ time: Timestamp, to length: Int64) -> Window {
        let start = time.seconds.flooringDivide(length) * length
        return Window(start: Timestamp(seconds: start), end: Timestamp(seconds: start + length))
    }

    private func calendarWindow(containing time: Timestamp) -> Window {
        var first = firstDay(of: CivilTime(time, offset: zone.offset(at: time)).date)
        while boundary(first) > time { first = firstDay(of: first.adding(days: -1)) }
        while boundary(next(after: first)) <= time { first = next(after: first) }
        return Window(start: boundary(first), end: boundary(next(after: first)))
    }

    private func boundary(_ day: CivilDate) -> Timestamp { zone.moment(day, secondOfDay: secondOfDay) }

    private func firstDay(of date: CivilDate) -> CivilDate {
        switch period {
        case .week: date.adding(days: -((date.weekday - weekStart + 7) % 7))
        case .month: date.firstOfMonth
        default: date
        }
    }

    private func next(after first: CivilDate) -> CivilDate {
        switch period {
        case .week: first.adding(days: 7)
        case .month: first.firstOfNextMonth
        default: first.adding(days: 1)
        }
    }

    /// The rule in one line, part of a balance's identity: another rule is another balance.
    public var canonicalText: String {
        switch period {
        case .forever, .run, .minute, .hour: period.rawValue
        case .day, .month: "\(period.rawValue) \(secondOfDay) \(zone.name)"
        case .week: "week \(weekStart) \(secondOfDay) \(zone.name)"
        }
    }
}
