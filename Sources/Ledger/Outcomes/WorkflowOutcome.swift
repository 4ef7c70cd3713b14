/// What a workflow brought about within a span of time, such as forty resolved tickets.
public struct WorkflowOutcome: Hashable, Sendable {
    /// The most that one report can tell: results, runs, and minutes in thousandths.
    public static let maximumCount: Int64 = 1_000_000_000
    public static let maximumRuns = 1_000
    public static let maximumMinutes: Int64 = 1_000_000_000_000
    /// In Unicode scalars.
    public static let maximumKindLength = 64

    public let workflow: String
    /// What was brought about, such as `resolved_ticket`.
    public let kind: String
    /// How many; 0 for work that led to nothing.
    public let count: Int64
    /// What all of them are worth, where that is known.
    public let value: Money?
    /// How good they are, in thousandths from 0 to 1,000, where that is known.
    public let quality: Int64?
    /// Time of people that they took, in thousandths of a minute; rework comes on top.
    public let humanMinutes: Int64
    public let reworkMinutes: Int64
    /// The runs that brought them about, where these are known.
    public let runs: [String]
    /// When they were brought about; they count where the span ends.
    public let began: Timestamp
    public let ended: Timestamp

    public init(
        workflow: String, kind: String, count: Int64, value: Money? = nil, quality: Int64? = nil, humanMinutes: Int64 = 0,
        reworkMinutes: Int64 = 0, runs: [String] = [], began: Timestamp, ended: Timestamp
    ) {
        self.workflow = workflow
        self.kind = kind
        self.count = count
        self.value = value
        self.quality = quality
        self.humanMinutes = humanMinutes
        self.reworkMinutes = reworkMinutes
        self.runs = runs
        self.began = began
        self.ended = ended
    }
}
