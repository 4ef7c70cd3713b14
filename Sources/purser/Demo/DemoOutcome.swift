import Ledger

/// What became of one agent.
struct DemoOutcome: Sendable {
    enum End: Sendable, Equatable {
        case finished
        /// By the suspension that a breaker or an envelope opened.
        case suspended(rule: String, reason: String)
        case refused(String)
    }

    let agent: DemoAgent
    let run: String
    /// Steps that were admitted.
    let steps: Int
    let spent: Money
    /// What its latest steps cost, on average.
    let recentStepCost: Money
    /// Whether a person was asked, and agreed.
    let wasApproved: Bool
    let end: End

    /// What it would have spent beyond this, had it gone on to its last step as it was doing.
    var saved: Money {
        guard end != .finished else { return Money(nanos: 0) }
        return Money(nanos: Int64(clamping: Int128(recentStepCost.nanos) * Int128(max(0, agent.steps - steps))))
    }

    /// Nil where it came as it should, else what should have come.
    var failure: String? {
        switch (agent.expectation, end) {
        case (.finishes, .finished): return nil
        case (.finishes, _): return "\(agent.name) is well-behaved and should have finished"
        case (.stopped(let rules), .suspended(let rule, _)) where rules.contains(rule): return nil
        case (.stopped(let rules), _): return "\(agent.name) should have been stopped by \(rules.joined(separator: " or "))"
        case (.approved, .finished) where wasApproved: return nil
        case (.approved, _): return "\(agent.name) should have waited for a person, and finished then"
        }
    }
}
