public import Ledger

/// One call of a run: a hold and what became of it, a charge without a hold, or a call that was refused.
public struct RunStep: Sendable {
    public enum Kind: String, Sendable {
        case reservation, charge, refusal
    }

    /// How a hold ended, the charge that came late, or a charge without a hold.
    public struct Settled: Sendable {
        public let state: Ending.State
        public let charged: Amounts
        /// The model that was really called, where the commit named one.
        public let model: String?
        public let usage: TokenUsage?
        public let source: String?
        public let status: String?
        public let latencyMilliseconds: Int64?
        public let routeReason: String?
        public let stateHash: String?
        public let reason: String?
        public let at: Timestamp
    }

    public let kind: Kind
    public let id: Identifier
    /// The place among the calls of the run that the reader may see, from 1 on.
    public private(set) var number: Int64
    /// Its number as the caller told it.
    public let step: Int64?
    public let at: Timestamp
    public let tags: Tags
    public let requestedModel: String?
    public let model: String?
    public let tool: String?
    /// `allow` or `downgrade`; nil for a charge and for a refusal.
    public let decision: String?
    public let reason: String?
    public let stateHash: String?
    /// Nil for what held nothing.
    public let held: Amounts?
    /// The end of the hold, or the charge; nil while the hold is open.
    public let end: Settled?
    public let late: Settled?
    /// Of a refusal: the name of the problem that it was answered with, and what spoke against the call.
    public let problem: String?
    public private(set) var verdicts: [RunVerdict]
    public let policyVersion: Int64
    /// What was booked of the run's calls up to this one, by now.
    public private(set) var totals = Amounts.zero

    /// `held`, `committed`, `released`, `expired`, `charged` or `refused`.
    public var state: String {
        switch kind {
        case .reservation: end?.state.rawValue ?? "held"
        case .charge: "charged"
        case .refusal: "refused"
        }
    }

    func numbered(_ number: Int64, totals: Amounts) -> RunStep {
        var step = self
        step.number = number
        step.totals = totals
        return step
    }

    mutating func nameBalances(_ identities: [Identifier: BalanceIdentity]) {
        for index in verdicts.indices { verdicts[index].identity = verdicts[index].balance.flatMap { identities[$0] } }
    }
}
