/// How a report cuts its time. Weeks begin on Monday.
public enum ReportInterval: String, CaseIterable, Sendable {
    /// Not at all: one row a group.
    case none
    case hour, day, week, month

    /// Nil where time is not cut.
    func rule(zone: Zone) -> WindowRule? {
        switch self {
        case .none: nil
        case .hour: WindowRule(.hour)
        case .day: WindowRule(.day, zone: zone)
        case .week: WindowRule(.week, zone: zone)
        case .month: WindowRule(.month, zone: zone)
        }
    }
}
