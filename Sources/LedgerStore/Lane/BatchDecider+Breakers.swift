internal import Ledger

/// What the breakers of the policy count and stop.
extension BatchDecider {
    /// Trips what the calls before this one have earned. A suspension that opens here refuses this call already.
    mutating func watch(_ request: ReserveRequest, _ preparation: Preparation, _ offers: [Offer]) {
        guard !preparation.counters.isEmpty else { return }
        note(
            BreakerWatch.judge(preparation.counters, stateHash: request.stateHash, guards: guards, book: &counters, at: now),
            of: offers.first?.call.tags)
    }

    /// Counts a call that was admitted.
    ///
    /// - Returns: the counters that await its end.
    mutating func count(_ request: ReserveRequest, _ preparation: Preparation) -> [Identifier] {
        guard !preparation.counters.isEmpty else { return [] }
        BreakerWatch.count(preparation.counters, stateHash: request.stateHash, toolCalls: 1, book: &counters, at: now)
        return preparation.counters.awaitingEnd(isToolCall: request.tool != nil, hasState: request.stateHash != nil, in: counters)
    }

    /// Counts a call that was made without asking, and trips what it has earned: it is spent, so what comes next is refused.
    mutating func count(_ request: ChargeRequest, _ preparation: Preparation, charged: Amounts, tags: Tags) {
        guard !preparation.counters.isEmpty else { return }
        let report = request.report
        BreakerWatch.count(
            preparation.counters, stateHash: report.stateHash, toolCalls: charged.toolCalls, isMade: true, book: &counters, at: now)
        let waiting = preparation.counters.awaitingEnd(isToolCall: request.tool != nil, hasState: true, in: counters)
        let made = BreakerWatch.Report(cost: charged.cost, isFailure: request.tool == nil ? nil : report.status?.isFailure, stateHash: nil)
        BreakerWatch.end(waiting, openedAt: now, book: &counters, at: now)
        note(BreakerWatch.settle(waiting, openedAt: now, made, policy: state.policy, guards: guards, book: &counters, at: now), of: tags)
        note(BreakerWatch.judge(preparation.counters, stateHash: nil, guards: guards, book: &counters, at: now), of: tags)
    }

    /// Counts the end of a hold.
    mutating func countEnd(of held: HeldReservation) {
        guard !held.counters.isEmpty, state.policy.countsCalls else { return }
        BreakerWatch.end(held.counters, openedAt: held.openedAt, book: &counters, at: now)
    }

    /// Counts what the commit of a hold tells.
    mutating func count(_ report: UsageReport, of held: HeldReservation, charged: Amounts) {
        guard !held.counters.isEmpty, state.policy.countsCalls else { return }
        let made = BreakerWatch.Report(
            cost: charged.cost, isFailure: held.tool == nil ? nil : report.status?.isFailure, stateHash: held.hasState ? nil : report.stateHash,
            moreToolCalls: held.tool == nil ? 0 : charged.toolCalls - held.amounts.toolCalls)
        let events = BreakerWatch.settle(
            held.counters, openedAt: held.openedAt, made, policy: state.policy, guards: guards, book: &counters, at: now)
        guard !events.isEmpty else { return }
        note(events, of: try? TagsJSON.decode(held.tags))
    }
}

extension UsageReport.Status {
    /// Whether a tool's answer failed: true for errors and empty answers, false for a good one; nil where nothing can be said.
    var isFailure: Bool? {
        switch self {
        case .error, .empty: true
        case .ok: false
        case .cancelled: nil
        }
    }
}
