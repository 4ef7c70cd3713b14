/// The breakers of the replayed policy that the record does not speak for. They begin the period with nothing counted.
extension Simulation {
    /// Trips what the calls before this one have earned.
    ///
    /// - Returns: the counters of the call.
    mutating func watch(_ call: RecordedCall, _ offers: [PricedOffer]) -> [CounterClaim] {
        let claims = claims(offers.first, key: Identifier(call.key))
        if !claims.isEmpty { note(BreakerWatch.judge(claims, stateHash: call.stateHash, guards: guards, book: &counters, at: pricing.now)) }
        return claims
    }

    /// Counts a call that was admitted.
    ///
    /// - Parameter cost: what was held for it.
    mutating func count(_ call: RecordedCall, _ claims: [CounterClaim], cost: Int64) {
        guard !claims.isEmpty else { return }
        BreakerWatch.count(claims, stateHash: call.stateHash, toolCalls: 1, book: &counters, at: pricing.now)
        let waiting = claims.awaitingEnd(isToolCall: call.tool != nil, hasState: call.stateHash != nil)
        guard let hold = open[call.id], var held = hold.held else {
            // The record refused it and so has no end of it: it was charged what was held, and nothing is known of its answer.
            let report = BreakerWatch.Report(cost: cost, isFailure: nil, stateHash: nil)
            return note(BreakerWatch.settle(waiting, report, policy: policy, guards: guards, book: &counters, at: pricing.now))
        }
        held.counters = waiting
        held.isToolCall = call.tool != nil
        held.hasState = call.stateHash != nil
        open[call.id] = SimulatedHold(labels: hold.labels, held: held)
    }

    /// Counts a call that was made without asking.
    mutating func count(_ charge: RecordedCharge, _ offer: PricedOffer) {
        let claims = claims(offer, key: charge.key)
        guard !claims.isEmpty else { return }
        BreakerWatch.count(claims, stateHash: charge.answer.stateHash, toolCalls: charge.charged.toolCalls, book: &counters, at: pricing.now)
        let waiting = claims.awaitingEnd(isToolCall: charge.tool != nil, hasState: true)
        let report = BreakerWatch.Report(
            cost: charge.charged.cost, isFailure: charge.tool == nil ? nil : charge.answer.isFailure, stateHash: nil)
        note(BreakerWatch.settle(waiting, report, policy: policy, guards: guards, book: &counters, at: pricing.now))
    }

    /// Counts what a commit tells.
    mutating func count(_ end: RecordedEnd, _ held: SimulatedHold.Held, cost: Int64) {
        guard !held.counters.isEmpty else { return }
        let report = BreakerWatch.Report(
            cost: cost, isFailure: held.isToolCall ? end.answer.isFailure : nil, stateHash: held.hasState ? nil : end.answer.stateHash)
        note(BreakerWatch.settle(held.counters, report, policy: policy, guards: guards, book: &counters, at: pricing.now))
    }

    private mutating func claims(_ offer: PricedOffer?, key: Identifier?) -> [CounterClaim] {
        guard policy.countsCalls, let call = offer?.call else { return [] }
        let claims = policy.counters(of: call, key: key ?? .none, organisation: pricing.organisation, hash: pricing.hash)
        for claim in claims where counters.slot(of: claim.identity.id) == nil {
            counters.add(Counter(claim.identity, changedAt: pricing.now))
        }
        return claims
    }
}
