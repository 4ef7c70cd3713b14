/// The breakers of the replayed policy that the record does not speak for. They begin the period with nothing counted.
extension Simulation {
    /// Trips what the calls before this one have earned.
    ///
    /// - Returns: the counters of the call.
    mutating func watch(_ call: RecordedCall, _ offers: [PricedOffer]) -> [CounterClaim] {
        let claims = claims(offers.first, key: Identifier(call.key))
        guard !claims.isEmpty else { return [] }
        let now = counters.moment(for: claims, at: pricing.now)
        note(BreakerWatch.judge(claims, stateHash: call.stateHash, guards: guards, book: &counters, at: now))
        return claims
    }

    /// Counts a call that was admitted.
    ///
    /// - Parameter cost: what was held for it.
    mutating func count(_ call: RecordedCall, _ claims: [CounterClaim], cost: Int64) {
        guard !claims.isEmpty else { return }
        let now = counters.moment(for: claims, at: pricing.now)
        BreakerWatch.count(claims, stateHash: call.stateHash, toolCalls: 1, book: &counters, at: now)
        let waiting = claims.awaitingEnd(isToolCall: call.tool != nil, hasState: call.stateHash != nil, in: counters)
        guard let hold = open[call.id], var held = hold.held else {
            // The record refused it and so has no end of it: it was charged what was held, and nothing is known of its answer.
            let report = BreakerWatch.Report(cost: cost, isFailure: nil, stateHash: nil)
            BreakerWatch.end(waiting, openedAt: now, book: &counters, at: now)
            return note(BreakerWatch.settle(waiting, openedAt: now, report, policy: policy, guards: guards, book: &counters, at: now))
        }
        held.counters = waiting
        held.countedAt = now
        held.isToolCall = call.tool != nil
        held.hasState = call.stateHash != nil
        open[call.id] = SimulatedHold(labels: hold.labels, held: held)
    }

    /// Counts a call that was made without asking, and trips what it has earned.
    mutating func count(_ charge: RecordedCharge, _ offer: PricedOffer) {
        let claims = claims(offer, key: charge.key)
        guard !claims.isEmpty else { return }
        let now = counters.moment(for: claims, at: pricing.now)
        BreakerWatch.count(
            claims, stateHash: charge.answer.stateHash, toolCalls: charge.charged.toolCalls, isMade: true, book: &counters, at: now)
        let waiting = claims.awaitingEnd(isToolCall: charge.tool != nil, hasState: true, in: counters)
        let report = BreakerWatch.Report(
            cost: charge.charged.cost, isFailure: charge.tool == nil ? nil : charge.answer.isFailure, stateHash: nil)
        BreakerWatch.end(waiting, openedAt: now, book: &counters, at: now)
        note(BreakerWatch.settle(waiting, openedAt: now, report, policy: policy, guards: guards, book: &counters, at: now))
        note(BreakerWatch.judge(claims, stateHash: nil, guards: guards, book: &counters, at: now))
    }

    /// Counts the end of a hold, and what its commit tells.
    mutating func count(_ end: RecordedEnd, _ held: SimulatedHold.Held, cost: Int64) {
        guard !held.counters.isEmpty else { return }
        if !end.isLate { BreakerWatch.end(held.counters, openedAt: held.countedAt, book: &counters, at: pricing.now) }
        guard end.state == .committed else { return }
        // A hold of a tool is one call of it.
        let report = BreakerWatch.Report(
            cost: cost, isFailure: held.isToolCall ? end.answer.isFailure : nil, stateHash: held.hasState ? nil : end.answer.stateHash,
            moreToolCalls: held.isToolCall ? end.charged.toolCalls - 1 : 0)
        note(
            BreakerWatch.settle(
                held.counters, openedAt: held.countedAt, report, policy: policy, guards: guards, book: &counters, at: pricing.now))
    }

    /// Sets the counters of somebody back whom a person lets go on.
    mutating func lift(_ lift: RecordedLift) {
        guards.lift(lift.subject)
        for id in origins.removeValue(forKey: lift.subject) ?? [] {
            if let slot = book.slot(of: id) { book.pardon(slot: slot, at: lift.at) }
        }
        let base = CounterIdentity(lift.subject, of: pricing.organisation, hash: pricing.hash)
        if lift.allowSteps != nil, counters.slot(of: base.id) == nil { counters.add(Counter(base, changedAt: lift.at)) }
        counters.reset(lift.subject, allowSteps: lift.allowSteps, at: lift.at)
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
