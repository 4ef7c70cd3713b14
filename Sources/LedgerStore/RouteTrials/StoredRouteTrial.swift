public import Ledger

/// A route trial with what became of it.
public struct StoredRouteTrial: Sendable {
    /// One cycle that was judged, or the word of who ended the trial.
    public struct Verdict: Sendable {
        /// From 1 on; nil: a person ended it.
        public let cycle: Int64?
        public let finding: OutcomeGuard.Finding?
        /// Of the trial from then on.
        public let state: OutcomeGuard.State
        public let reason: String
        public let author: String
        /// A JSON object with the numbers that were compared; nil where a person ended it.
        public let measured: [UInt8]?
        public let at: Timestamp
    }

    public let id: Identifier
    public let workflow: String
    public let tier: String
    public let reason: String
    public let author: String
    public let cycleDays: Int64
    public let startedAt: Timestamp
    /// Oldest first.
    public internal(set) var verdicts: [Verdict] = []
    /// When the next cycle is over; nil where none is to come.
    public let nextAt: Timestamp?

    public var state: OutcomeGuard.State { verdicts.last?.state ?? .trying }
    /// Whether calls are routed by it.
    public var isOn: Bool { state == .trying || state == .kept }
    /// Of its end; nil while it is on.
    public var end: Verdict? { isOn ? nil : verdicts.last }

    var trial: RouteTrial { RouteTrial(id: id, workflow: workflow, tier: tier, reason: reason, isKept: state == .kept) }
}
