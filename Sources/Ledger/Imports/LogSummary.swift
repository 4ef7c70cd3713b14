/// What a log tells of its calls as a whole: what the report for a newcomer and the policy that is proposed to him are made from.
public struct LogSummary: Sendable {
    /// How long the runs of a log are.
    public struct RunLengths: Hashable, Sendable {
        public let count: Int64
        /// Calls of models: of the middle run, and of the longest but for one in a hundred and one in a thousand; of the longest.
        public let median: Int64
        public let percentile99: Int64
        public let percentile999: Int64
        public let longest: Int64
        /// Tokens of the longest run but for one in a thousand.
        public let tokens999: Int64

        public init(count: Int64, median: Int64, percentile99: Int64, percentile999: Int64, longest: Int64, tokens999: Int64) {
            self.count = count
            self.median = median
            self.percentile99 = percentile99
            self.percentile999 = percentile999
            self.longest = longest
            self.tokens999 = tokens999
        }

        public static let none = RunLengths(count: 0, median: 0, percentile99: 0, percentile999: 0, longest: 0, tokens999: 0)
    }

    /// Whose spending is shown, by the name of the label.
    public static let labels = ["workflow_name", "agent_id", "model", "user_id", "team_id", "tool"]
    /// The tags that Purser's envelopes and reports are made from.
    public static let wantedTags = [
        "team_id", "cost_center", "workflow_name", "environment", "intent", "user_id", "agent_id", "run_id",
    ]
    /// Who answers for spending: a call without any of these has no owner.
    static let ownerTags = ["team_id", "cost_center", "workflow_name", "user_id"]
    /// How many groups of each label, and how many runs, are kept.
    public static let groupLimit = 10

    public let total: LogSums
    /// By day of UTC, in their order.
    public let days: [(day: CivilDate, sums: LogSums)]
    /// The dearest groups of each of `labels`.
    public let groups: [String: [LogGroup]]
    /// How many values each label has.
    public let counts: [String: Int]
    public let coverage: [LogCoverage]
    /// The calls that nobody answers for.
    public let ownerless: LogSums
    public let lengths: RunLengths
    /// The dearest runs, dearest first.
    public let runs: [LogRun]
    /// Runs that look like loops, longest first.
    public let loops: [LogRun]
    public let first: Timestamp?
    public let last: Timestamp?

    /// Days of UTC from the first call to the last, at least 1.
    public var dayCount: Int64 {
        guard let first, let last else { return 1 }
        return CivilTime(last).date.daysSince1970 - CivilTime(first).date.daysSince1970 + 1
    }

    /// What an amount of the log makes in a month of thirty days.
    public func monthly(_ cost: Money) -> Money {
        Money(nanos: Int64(clamping: Int128(cost.nanos) * 30 / Int128(dayCount)))
    }

    /// Whether a run is longer than a log's runs are, or repeats itself.
    static func isLoop(_ run: LogRun, among lengths: RunLengths) -> Bool {
        run.sums.allCalls >= max(50, LogSums.sum(lengths.median, 1) * 10) || (run.identical ?? 0) >= LogRun.suspiciousRepeats
    }
}
