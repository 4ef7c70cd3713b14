public import Ledger

/// What a report is asked for.
public struct ReportQuestion: Sendable {
    public var groupBy: [ReportDimension]
    public var filter: ReportFilter
    public var period: ReportPeriod

    public init(groupBy: [ReportDimension], filter: ReportFilter = ReportFilter(), period: ReportPeriod) {
        self.groupBy = groupBy
        self.filter = filter
        self.period = period
    }
}
