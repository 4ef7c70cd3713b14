/// What a wall clock shows: a day and the second within it.
public struct CivilTime: Hashable, Sendable {
    public let date: CivilDate
    /// 0 ..< 86,400
    public let secondOfDay: Int64

    /// The wall clock at `time` in a place that is `offset` seconds ahead of UTC.
    public init(_ time: Timestamp, offset: Int64 = 0) {
        let local = time.seconds + offset
        let days = local.flooringDivide(86_400)
        date = CivilDate(daysSince1970: days)
        secondOfDay = local - days * 86_400
    }
}
