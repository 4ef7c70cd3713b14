/// The week that a review is about: from one Friday at 09:00 UTC to the next.
public struct ReviewWeek: Hashable, Sendable {
    public static let seconds: Int64 = 7 * 86_400
    /// On which a week ends; 0 is Monday … 6 is Sunday.
    public static let weekday: Int64 = 4
    /// At which it ends, in UTC.
    public static let hour: Int64 = 9

    public let start: Timestamp
    /// Not part of it.
    public let end: Timestamp

    /// The week that a moment lies in.
    public init(containing time: Timestamp) {
        // 1970-01-01 was a Thursday.
        let offset = (Self.weekday + 4) % 7 * 86_400 + Self.hour * 3_600
        let number = (time.seconds - offset).flooringDivide(Self.seconds)
        start = Timestamp(seconds: number * Self.seconds + offset)
        end = start.adding(seconds: Self.seconds)
    }

    /// The week that was over last.
    public static func last(at time: Timestamp) -> ReviewWeek {
        ReviewWeek(containing: ReviewWeek(containing: time).start.adding(seconds: -1))
    }

    /// How many whole weeks lie between the end of an earlier one and the start of this one.
    public func weeks(since other: Timestamp) -> Int64 { max(0, (start.seconds - other.seconds) / Self.seconds) }
}
