extension WeeklyReview {
    /// Something unlike before that was found or closed in the week, or is open still.
    public struct Anomaly: Sendable {
        public let id: Identifier
        public let kind: AnomalyKind
        public let agentID: String?
        public let workflow: String?
        public let owner: String?
        public let message: String
        /// What a day costs more because of it, in nano-units.
        public let atStake: Int64
        public let foundAt: Timestamp
        /// Nil: it is open.
        public let closure: Closure?
        /// What was changed after it was found, the oldest first.
        public let changes: [Reaction]

        public init(
            id: Identifier, kind: AnomalyKind, agentID: String?, workflow: String?, owner: String?, message: String, atStake: Int64,
            foundAt: Timestamp, closure: Closure?, changes: [Reaction]
        ) {
            self.id = id
            self.kind = kind
            self.agentID = agentID
            self.workflow = workflow
            self.owner = owner
            self.message = message
            self.atStake = atStake
            self.foundAt = foundAt
            self.closure = closure
            self.changes = changes
        }
    }

    public struct Closure: Hashable, Sendable {
        public let outcome: String
        public let reason: String
        public let at: Timestamp
        public let author: String

        public init(outcome: String, reason: String, at: Timestamp, author: String) {
            self.outcome = outcome
            self.reason = reason
            self.at = at
            self.author = author
        }
    }

    /// Something that was changed, in words.
    public struct Reaction: Hashable, Sendable {
        public enum Kind: String, CaseIterable, Sendable {
            /// Another model makes most calls of the workflow.
            case model
            /// A version of the policy came into force.
            case policy
            /// The agent or the workflow was suspended.
            case suspension
            /// It was let go again.
            case lift
            /// The anomaly was closed.
            case closed
        }

        public let kind: Kind
        public let at: Timestamp
        public let what: String

        public init(_ kind: Kind, at: Timestamp, what: String) {
            self.kind = kind
            self.at = at
            self.what = what
        }

        /// The most that are told of one anomaly.
        public static let limit = 10

        /// The first of them after a moment, the oldest first.
        public static func after(_ moment: Timestamp, _ changes: [Reaction]) -> [Reaction] {
            Array(changes.filter { $0.at > moment }.sorted { ($0.at, $0.what) < ($1.at, $1.what) }.prefix(limit))
        }
    }

    /// A cheaper route that is tried for a workflow.
    public struct Trial: Hashable, Sendable {
        public let id: Identifier
        public let workflow: String
        public let tier: String
        /// `trying`, `kept`, `rolled_back` or `ended`.
        public let state: String
        /// The last that was written down of it.
        public let reason: String
        public let startedAt: Timestamp
        public let endedAt: Timestamp?

        public init(
            id: Identifier, workflow: String, tier: String, state: String, reason: String, startedAt: Timestamp, endedAt: Timestamp?
        ) {
            self.id = id
            self.workflow = workflow
            self.tier = tier
            self.state = state
            self.reason = reason
            self.startedAt = startedAt
            self.endedAt = endedAt
        }
    }
}
