public import Ledger

/// Something that was unlike before, and what became of it.
public struct StoredAnomaly: Sendable {
    public enum State: String, CaseIterable, Sendable {
        case open, closed
    }

    /// How it ended.
    public struct Closure: Sendable {
        public enum Outcome: String, Sendable {
            /// Its level was learned and is not told again.
            case expected
            case unexpected
            /// It was not seen any more.
            case over
        }

        public let outcome: Outcome
        public let reason: String
        public let at: Timestamp
        public let author: String
    }

    public let id: Identifier
    public let kind: AnomalyKind
    public let agentID: String?
    public let workflow: String?
    /// The dearest run of the day.
    public let runID: String?
    public let step: String?
    public let model: String?
    public let owner: String?
    public let playbook: String?
    public let action: AnomalyRules.Action
    public let suspension: Identifier?
    /// Nano-units, or thousandths of a ratio.
    public let observed: Int64
    public let baseline: Int64
    /// What a day costs more because of it.
    public let atStake: Money
    public let message: String
    /// A JSON array: the steps that weigh most.
    public let steps: [UInt8]
    /// A JSON object: the tags that all calls have in common.
    public let tags: [UInt8]
    public let foundAt: Timestamp
    public let closure: Closure?
}
