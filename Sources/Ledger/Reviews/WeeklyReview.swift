/// What a week was like for money: for the people who look at it once a week. Amounts of money are nano-units.
public struct WeeklyReview: Sendable {
    /// So many of the dearest agents are named.
    public static let agentLimit = 10
    /// The most that any other list names; `counts` says how many there are.
    public static let rowLimit = 20
    /// Below it a share of calls with their tags is flagged; in hundredths of a per cent.
    public static let coverageTarget: Int64 = 9_000

    /// A part that is missing, since there was too much to read.
    public enum Section: String, CaseIterable, Sendable {
        case agents, overruns
        case tagCoverage = "tag_coverage"
        case idleHolds = "idle_holds"
        case runningOut = "running_out"
        case unitEconomics = "unit_economics"
    }

    public let currency: String
    public var spend: Spend
    /// The dearest first.
    public private(set) var agents: [Agent] = []
    /// Those above twice their median that are not among `agents`, the dearest first.
    public private(set) var unusualAgents: [Agent] = []
    public private(set) var agentCount = 0
    public private(set) var unusualCount = 0
    public var coverage: Coverage?
    /// By how much of their limit they are beyond it, the furthest first.
    public private(set) var overruns: [Overrun] = []
    public private(set) var overrunCount = 0
    /// By what was held, the most first.
    public private(set) var idle: [Idle] = []
    public private(set) var idleCount = 0
    /// Those that last shortest first.
    public private(set) var runningOut: [RunningOut] = []
    public private(set) var runningOutCount = 0
    /// The newest first.
    public private(set) var anomalies: [Anomaly] = []
    public private(set) var anomalyCount = 0
    public var approvals = Approvals()
    /// Workflows whose results got worse, by name.
    public private(set) var declines: [WorkflowDecline] = []
    public private(set) var declineCount = 0
    /// That are on, or ended in the week; the newest first.
    public var trials: [Trial] = []
    /// What could not be read in full.
    public var partial: Set<Section> = []

    public init(currency: String, spend: Spend) {
        self.currency = currency
        self.spend = spend
    }

    // MARK: - Taking what was read

    /// - Parameter all: every agent that was used.
    public mutating func take(agents all: [Agent]) {
        let sorted = all.sorted { ($1.cost, $0.id) < ($0.cost, $1.id) }
        agents = Array(sorted.prefix(Self.agentLimit))
        agentCount = sorted.count
        unusualCount = sorted.count(where: \.isUnusual)
        unusualAgents = Array(sorted.dropFirst(Self.agentLimit).filter(\.isUnusual).prefix(Self.rowLimit))
    }

    public mutating func take(overruns all: [Overrun]) {
        overrunCount = all.count
        overruns = Array(all.sorted { $0.isFurther(than: $1) }.prefix(Self.rowLimit))
    }

    public mutating func take(idle all: [Idle]) {
        idleCount = all.count
        idle = Array(all.sorted { ($1.held, $1.holds, $0.agentID ?? "") < ($0.held, $0.holds, $1.agentID ?? "") }.prefix(Self.rowLimit))
    }

    /// - Parameter count: how many there are, if these are not all.
    public mutating func take(runningOut all: [RunningOut], count: Int) {
        runningOutCount = count
        let sorted = all.sorted { ($0.exhaustedAt, $0.identity.id) < ($1.exhaustedAt, $1.identity.id) }
        runningOut = Array(sorted.prefix(Self.rowLimit))
    }

    public mutating func take(anomalies all: [Anomaly], count: Int) {
        anomalyCount = count
        anomalies = Array(all.sorted { $1.id < $0.id }.prefix(Self.rowLimit))
    }

    public mutating func take(declines all: [WorkflowDecline]) {
        declineCount = all.count
        declines = Array(all.sorted { $0.workflow < $1.workflow }.prefix(Self.rowLimit))
    }
}
