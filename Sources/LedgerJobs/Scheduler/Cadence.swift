public import Ledger

/// The times at which a job is due: a grid in UTC, the same after every restart and on every replica.
public struct Cadence: Hashable, Sendable, CustomStringConvertible {
    /// What is due between a stored due time and now.
    public struct Due: Hashable, Sendable {
        public let first: Timestamp
        public let latest: Timestamp
        /// How many, both of these included.
        public let count: Int64
        /// The first that is not due yet.
        public let next: Timestamp
    }

    private static let day: Int64 = 86_400

    /// Between two due times, 1 s … one week.
    public let periodSeconds: Int64
    /// Of a due time, after one that lies a whole number of periods after 1970.
    public let offsetSeconds: Int64
    public let description: String

    private init(period: Int64, offset: Int64, _ description: String) {
        periodSeconds = period
        offsetSeconds = offset
        self.description = description
    }

    /// Every so many seconds, 1 … 86,400; others count as the nearest of these.
    public static func every(seconds: Int64) -> Cadence {
        let period = min(max(1, seconds), day)
        let text =
            switch period {
            case 1: "second"
            case 60: "minute"
            case 3_600: "hour"
            case let period where period % 3_600 == 0: "\(period / 3_600) hours"
            case let period where period % 60 == 0: "\(period / 60) minutes"
            default: "\(period) seconds"
            }
        return Cadence(period: period, offset: 0, text)
    }

    /// Every day at a time of the day in UTC.
    public static func daily(hour: Int64, minute: Int64 = 0) -> Cadence {
        Cadence(period: day, offset: second(hour, minute), "day at \(text(hour, minute)) UTC")
    }

    /// Every week on a day at a time in UTC.
    ///
    /// - Parameter weekday: 0 is Monday … 6 is Sunday.
    public static func weekly(weekday: Int64, hour: Int64, minute: Int64 = 0) -> Cadence {
        let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        let weekday = min(max(0, weekday), 6)
        // 1970-01-01 was a Thursday.
        let offset = (weekday + 4) % 7 * day + second(hour, minute)
        return Cadence(period: 7 * day, offset: offset, "\(names[Int(weekday)]) at \(text(hour, minute)) UTC")
    }

    /// The first due time after a moment.
    public func next(after time: Timestamp) -> Timestamp { latest(at: time).adding(seconds: periodSeconds) }

    /// What is due by `now`; nil: nothing.
    ///
    /// - Parameter stored: the first due time that was not done yet. It may lie beside the grid, if that has changed since.
    public func due(since stored: Timestamp, now: Timestamp) -> Due? {
        guard stored <= now else { return nil }
        let latest = max(stored, latest(at: now))
        let count = (latest.microseconds - stored.microseconds) / (periodSeconds * 1_000_000) + 1
        return Due(first: stored, latest: latest, count: count, next: next(after: latest))
    }

    /// The last due time that is not after a moment.
    private func latest(at time: Timestamp) -> Timestamp {
        let since = time.seconds - offsetSeconds
        let remainder = ((since % periodSeconds) + periodSeconds) % periodSeconds
        return Timestamp(seconds: time.seconds - remainder)
    }

    private static func second(_ hour: Int64, _ minute: Int64) -> Int64 { min(max(0, hour), 23) * 3_600 + min(max(0, minute), 59) * 60 }

    private static func text(_ hour: Int64, _ minute: Int64) -> String {
        [min(max(0, hour), 23), min(max(0, minute), 59)].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}
