/// What was spent on one day of a time zone.
public struct SpendDay: Hashable, Sendable {
    /// In seconds since 1970.
    public let range: Range<Int64>
    /// 0 is Monday … 6 is Sunday.
    public let weekday: Int64
    /// Nano-units.
    public let cost: Int64

    public init(range: Range<Int64>, weekday: Int64, cost: Int64) {
        self.range = range
        self.weekday = weekday
        self.cost = cost
    }
}
