extension WeeklyReview {
    public struct Spend: Hashable, Sendable {
        public let cost: Int64
        /// In the same part of the week before.
        public let previousCost: Int64
        /// Of models.
        public let calls: Int64
        public let toolCalls: Int64
        /// Of the month; nil where nothing tells.
        public let forecast: SpendForecast?

        public init(cost: Int64, previousCost: Int64, calls: Int64, toolCalls: Int64, forecast: SpendForecast?) {
            self.cost = cost
            self.previousCost = previousCost
            self.calls = calls
            self.toolCalls = toolCalls
            self.forecast = forecast
        }
    }

    public struct Agent: Hashable, Sendable {
        public let id: String
        /// That it spent most in.
        public let workflow: String?
        public let cost: Int64
        public let calls: Int64
        public let runs: Int64
        /// For 24 hours of the week.
        public let dayCost: Int64
        /// Of its seven days before; nil where too few tell.
        public let median: Int64?
        /// Above twice its median.
        public let isUnusual: Bool

        public init(
            id: String, workflow: String?, cost: Int64, calls: Int64, runs: Int64, dayCost: Int64, median: Int64?, isUnusual: Bool
        ) {
            self.id = id
            self.workflow = workflow
            self.cost = cost
            self.calls = calls
            self.runs = runs
            self.dayCost = dayCost
            self.median = median
            self.isUnusual = isUnusual
        }
    }

    /// How many calls carry what they are asked for.
    public struct Share: Hashable, Sendable {
        public let calls: Int64
        public let coveredCalls: Int64
        public let cost: Int64
        public let coveredCost: Int64

        public init(calls: Int64, coveredCalls: Int64, cost: Int64, coveredCost: Int64) {
            self.calls = calls
            self.coveredCalls = coveredCalls
            self.cost = cost
            self.coveredCost = coveredCost
        }

        /// Fewer calls than `coverageTarget` asks for.
        public var isLow: Bool { Change.share(coveredCalls, of: calls).map { $0 < WeeklyReview.coverageTarget } ?? false }
    }

    public struct Coverage: Sendable {
        public struct Tag: Sendable {
            /// Of which a call carries at least one.
            public let names: [String]
            public let share: Share
            /// Whose calls lack it, the dearest first.
            public let lacking: [Lacking]

            public init(names: [String], share: Share, lacking: [Lacking]) {
                self.names = names
                self.share = share
                self.lacking = lacking
            }
        }

        public struct Lacking: Hashable, Sendable {
            public let workflow: String?
            public let agentID: String?
            public let calls: Int64
            public let cost: Int64

            public init(workflow: String?, agentID: String?, calls: Int64, cost: Int64) {
                self.workflow = workflow
                self.agentID = agentID
                self.calls = calls
                self.cost = cost
            }
        }

        /// Calls with everything.
        public let whole: Share
        public let tags: [Tag]

        public init(whole: Share, tags: [Tag]) {
            self.whole = whole
            self.tags = tags
        }
    }

    /// A balance beyond its limit.
    public struct Overrun: Sendable {
        public let identity: BalanceIdentity
        public let owner: String?
        /// In the meter's unit, as the amounts that follow.
        public let limit: Int64
        public let held: Int64
        public let spent: Int64

        public init(identity: BalanceIdentity, owner: String?, limit: Int64, held: Int64, spent: Int64) {
            self.identity = identity
            self.owner = owner
            self.limit = limit
            self.held = held
            self.spent = spent
        }

        public var over: Int64 { Int64(clamping: Int128(held) + Int128(spent) - Int128(limit)) }

        func isFurther(than other: Overrun) -> Bool {
            let (own, others) = (Int128(over) * Int128(max(1, other.limit)), Int128(other.over) * Int128(max(1, limit)))
            return own != others ? own > others : identity.id < other.identity.id
        }
    }

    /// Holds of an agent that expired without use.
    public struct Idle: Hashable, Sendable {
        public let agentID: String?
        public let holds: Int64
        /// By all of them together.
        public let held: Int64

        public init(agentID: String?, holds: Int64, held: Int64) {
            self.agentID = agentID
            self.holds = holds
            self.held = held
        }
    }

    /// A balance that will be used up before its window ends.
    public struct RunningOut: Sendable {
        public let identity: BalanceIdentity
        public let owner: String?
        /// In the meter's unit, as the amounts that follow.
        public let limit: Int64
        public let held: Int64
        public let spent: Int64
        public let exhaustedAt: Timestamp

        public init(identity: BalanceIdentity, owner: String?, limit: Int64, held: Int64, spent: Int64, exhaustedAt: Timestamp) {
            self.identity = identity
            self.owner = owner
            self.limit = limit
            self.held = held
            self.spent = spent
            self.exhaustedAt = exhaustedAt
        }
    }

    /// How questions to people ended in the week, by envelope.
    public struct Approvals: Sendable {
        public struct Row: Hashable, Sendable {
            public let envelope: String
            public let meter: Meter
            public let approved: Int64
            public let rejected: Int64
            public let expired: Int64
            /// In the meter's unit.
            public let granted: Int64

            public init(envelope: String, meter: Meter, approved: Int64, rejected: Int64, expired: Int64, granted: Int64) {
                self.envelope = envelope
                self.meter = meter
                self.approved = approved
                self.rejected = rejected
                self.expired = expired
                self.granted = granted
            }
        }

        public let rows: [Row]
        /// That wait now.
        public let pending: Int64

        public init(rows: [Row] = [], pending: Int64 = 0) {
            self.rows = rows
            self.pending = pending
        }
    }
}
