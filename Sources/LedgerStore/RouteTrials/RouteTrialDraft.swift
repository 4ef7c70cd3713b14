/// What a trial is begun with.
public struct RouteTrialDraft: Sendable {
    public static let cycleDays: ClosedRange<Int64> = 1...30
    public static let usualCycleDays: Int64 = 7

    public let workflow: String
    public let tier: String
    public let reason: String
    public let author: String
    public let cycleDays: Int64

    public init(workflow: String, tier: String, reason: String, author: String, cycleDays: Int64) {
        self.workflow = workflow
        self.tier = tier
        self.reason = reason
        self.author = author
        self.cycleDays = cycleDays
    }
}
