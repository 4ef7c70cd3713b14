/// The breakers that are decided inside the batch: what they count, and when they trip.
///
/// Counters count what was admitted. A condition that is met refuses the next call of the subject, so that exactly as many
/// are admitted as the rule says; only booked cost trips with the booking itself.
public enum BreakerWatch {
    /// What a call that was made tells.
    public struct Report: Sendable {
        /// What was booked, in nano-units.
        public let cost: Int64
        /// Of a tool call: whether the answer was an error or empty; nil: nothing is known of it.
        public let isFailure: Bool?
        /// The caller's hash of its state, where the call did not bring one when it began.
        public let stateHash: String?
        /// How many calls of its tool it was beyond those that were counted when it began; negative: fewer.
        public let moreToolCalls: Int64

        public init(cost: Int64, isFailure: Bool?, stateHash: String?, moreToolCalls: Int64 = 0) {
            self.cost = cost
            self.isFailure = isFailure
            self.stateHash = stateHash
            self.moreToolCalls = moreToolCalls
        }
    }

    // MARK: - Before a call is decided

    /// Trips the rules whose condition the calls before this one have met. After a call that was made without asking it is called
    /// at once, for whatever comes next.
    ///
    /// - Returns: the suspensions that open before the next call is decided, and what rules tell that only alert.
    public static func judge(_ claims: [CounterClaim], stateHash: String?, guards: Guards, book: inout CounterBook, at now: Timestamp) -> [Event] {
        var events: [Event] = []
        var stopped: [Subject] = []
        let state = stateHash.map(StateCounts.hash)
        for claim in claims {
            let subject = claim.identity.subject
            guard let slot = book.slot(of: claim.identity.id), guards.suspension(of: subject) == nil else { continue }
            let probation = book.slot(of: claim.probation).flatMap { book.counters[$0].probation }
            for rule in claim.rules {
                guard let reason = book.counters[slot].reason(for: rule, state: state, probation: probation, at: now) else { continue }
                if trip(rule, subject, reason, slot, book: &book, at: now, into: &events) { stopped.append(subject) }
            }
        }
        endProbations(of: claims, except: stopped, guards: guards, book: &book, at: now)
        return events
    }

    /// A probation ends with the first call after its steps have ended that trips nothing.
    private static func endProbations(
        of claims: [CounterClaim], except stopped: [Subject], guards: Guards, book: inout CounterBook, at now: Timestamp
    ) {
        for claim in claims where claim.identity.isBase {
            guard let slot = book.slot(of: claim.identity.id), let probation = book.counters[slot].probation, probation.isOver,
                !stopped.contains(claim.identity.subject), guards.suspension(of: claim.identity.subject) == nil
            else { continue }
            book.change(slot, at: now) { $0.probation = nil }
        }
    }

    /// Whether the subject is stopped.
    private static func trip(
        _ rule: Breaker, _ subject: Subject, _ reason: String, _ slot: Int, book: inout CounterBook, at now: Timestamp, into events: inout [Event]
    ) -> Bool {
        switch rule.action {
        case .suspend: break
        case .alert:
            guard !book.counters[slot].told.contains(rule.name) else { return false }
            book.change(slot, at: now) { $0.told.append(rule.name) }
        }
        events.append(Event(rule, subject, reason: reason))
        return rule.action == .suspend
    }

    // MARK: - After a call was admitted

    /// Counts a call that was admitted, or made without asking.
    ///
    /// - Parameters:
    ///   - toolCalls: how many calls of its tool it is.
    ///   - isMade: it was made without asking.
    public static func count(
        _ claims: [CounterClaim], stateHash: String?, toolCalls: Int64, isMade: Bool = false, book: inout CounterBook, at now: Timestamp
    ) {
        let state = stateHash.map(StateCounts.hash)
        for claim in claims {
            guard let slot = book.slot(of: claim.identity.id) else { continue }
            book.change(slot, at: now) { counter in
                guard claim.identity.tool == nil else {
                    counter.ring?.add(toolCalls, at: now)
                    return
                }
                counter.steps = counter.steps.addingClamped(1)
                if let state, claim.waitsForState { counter.states.add(state, isToldAfter: isMade) }
                if let left = counter.probation?.left, left > 0 { counter.probation?.left = left - 1 }
            }
        }
    }

    // MARK: - After a call was made

    /// Counts that a call has ended, whichever way.
    ///
    /// - Parameters:
    ///   - counters: those that await its end.
    ///   - openedAt: when it was counted.
    public static func end(_ counters: [Identifier], openedAt: Timestamp, book: inout CounterBook, at now: Timestamp) {
        for id in counters {
            guard let slot = book.slot(of: id), let probation = book.counters[slot].probation, probation.pending > 0,
                !book.counters[slot].hasForgotten(callOf: openedAt)
            else { continue }
            book.change(slot, at: now) { $0.probation?.pending = probation.pending - 1 }
        }
    }

    /// Counts what a call that was made tells, and trips what its cost passes.
    ///
    /// - Parameters:
    ///   - counters: those that await its end.
    ///   - openedAt: when it was counted.
    public static func settle(
        _ counters: [Identifier], openedAt: Timestamp, _ report: Report, policy: Policy, guards: Guards, book: inout CounterBook, at now: Timestamp
    ) -> [Event] {
        var events: [Event] = []
        for id in counters {
            guard let slot = book.slot(of: id), !book.counters[slot].hasForgotten(callOf: openedAt) else { continue }
            if book.counters[slot].identity.tool != nil {
                recount(slot, report.moreToolCalls, openedAt: openedAt, book: &book, at: now)
            } else if let group = policy.group(of: book.counters[slot].identity) {
                settle(slot, report, group, guards: guards, book: &book, at: now, into: &events)
            }
        }
        return events
    }

    /// What a call of a tool turned out to be more, or less, than the one call that it was counted as.
    private static func recount(_ slot: Int, _ more: Int64, openedAt: Timestamp, book: inout CounterBook, at now: Timestamp) {
        guard more != 0 else { return }
        book.change(slot, at: now) { counter in
            if more > 0 { counter.ring?.add(more, at: now) } else { counter.ring?.remove(-more, countedAt: openedAt) }
        }
    }

    private static func settle(
        _ slot: Int, _ report: Report, _ group: BreakerGroup, guards: Guards, book: inout CounterBook, at now: Timestamp, into events: inout [Event]
    ) {
        book.change(slot, at: now) { counter in
            if group.countsCost { counter.spent = counter.spent.addingClamped(report.cost) }
            if group.countsFailures, let isFailure = report.isFailure {
                counter.failures = isFailure ? counter.failures.addingClamped(1) : 0
                counter.answers = counter.answers.addingClamped(1)
            }
            if group.countsStates, let hash = report.stateHash { counter.states.add(StateCounts.hash(hash), isToldAfter: true) }
        }
        let counter = book.counters[slot]
        guard group.countsCost, report.cost > 0, guards.suspension(of: counter.identity.subject) == nil else { return }
        for rule in group.stepRules {
            guard case .cost = rule.when, let reason = counter.reason(for: rule, state: nil, probation: nil, at: now) else { continue }
            _ = trip(rule, counter.identity.subject, reason, slot, book: &book, at: now, into: &events)
        }
    }
}

extension Event {
    /// What a breaker that trips opens, or tells.
    init(_ breaker: Breaker, _ subject: Subject, reason: String) {
        self.init(
            breaker.action == .suspend ? .suspensionOpened : .breakerTripped, envelope: breaker.name, owner: breaker.owner,
            playbook: breaker.playbook, subject: subject, reason: reason)
        rule = breaker.name
    }
}
