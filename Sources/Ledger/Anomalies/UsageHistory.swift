/// Usage as the detectors read it: days of 24 hours that end with the hour under way.
public struct UsageHistory: Sendable {
    /// How many days before the last one are looked at.
    public static let days = 28
    /// Of the spending around the clock.
    public static let hours = 168

    /// 0 is the last day, 1 the one before; as far back as anything is known.
    public var days: [UsageDay]
    /// Of the last 168 hours.
    public var hours: [AgentHours]

    public init(days: [UsageDay], hours: [AgentHours]) {
        self.days = days
        self.hours = hours
    }

    func day(_ index: Int) -> UsageDay { days.indices.contains(index) ? days[index] : UsageDay() }
}
