public import Ledger

/// A hold as its facts tell it, to the present.
public struct StoredReservation: Sendable {
    /// How it ended, or the charge that came late.
    public struct Settled: Sendable {
        public let state: Ending.State
        public let charged: Amounts
        public let usage: TokenUsage?
        public let toolCalls: Int64
        public let source: String?
        public let status: String?
        public let latencyMilliseconds: Int64?
        public let settledAt: Timestamp
        public let balances: [BalanceView]
    }

    public let id: Identifier
    public let decision: String
    public let reason: String?
    public let requestedModel: String?
    public let model: String?
    public let tool: String?
    public let tags: Tags
    public let step: Int64?
    public let stateHash: String?
    public let held: Amounts
    public let openedAt: Timestamp
    /// As it was promised when the hold was opened.
    public let promisedExpiry: Timestamp
    /// With extensions; nil once the hold ended.
    public let openUntil: Timestamp?
    public let balances: [BalanceView]
    /// What envelopes in shadow mode would have done.
    public let shadows: [Shadow]
    public let end: Settled?
    public let late: Settled?

    /// What the reservation was answered with when it was made.
    public var admitted: AdmittedHold {
        AdmittedHold(
            id: id, decision: decision, model: model, reason: reason, held: held, expiresAt: promisedExpiry, balances: balances,
            shadows: shadows)
    }

    /// What its commit or release was answered with.
    public func settled(late isLate: Bool) -> SettledHold? {
        guard let settled = isLate ? late : end else { return nil }
        return SettledHold(
            id: id, state: settled.state, charged: settled.charged,
            returned: isLate ? .zero : held.remainder(after: settled.charged),
            overrun: settled.balances.overrun(of: settled.charged), late: isLate, balances: settled.balances)
    }
}

extension [BalanceView] {
    /// How far a charge that led to these balances stands beyond a limit, per meter.
    func overrun(of charge: Amounts) -> Amounts {
        // What an envelope in shadow mode limits is not a limit yet.
        let enforced = lazy.filter { $0.shadow == nil }
        return Settlement.overrun(
            of: charge, excesses: enforced.map { ($0.identity.meter, Settlement.excess(held: $0.held, spent: $0.spent, limit: $0.limit)) })
    }
}
