/// Why a report cannot be made of what was asked.
public enum ReportFault: Error, Hashable, Sendable {
    /// It ends before it begins, or at the same moment.
    case isEmpty
    /// It is longer than `ReportPeriod.maximumDays`.
    case isTooLong
    /// It would have more than `ReportPeriod.maximumBuckets` intervals.
    case hasTooManyIntervals
    /// A bound lies within an hour of UTC, and usage is kept by whole hours. The hours around it, in seconds since 1970.
    case isWithinAnHour(Int64, before: Int64, after: Int64)
    /// An interval of the time zone begins within an hour of UTC, at this second since 1970.
    case zoneIsWithinAnHour(Int64)
}
