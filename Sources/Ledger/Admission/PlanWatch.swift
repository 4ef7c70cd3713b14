/// What the plan of an envelope does after something was booked on a balance: tells, lifts a downgrade, suspends.
enum PlanWatch {
    /// Looks at a balance after an entry.
    ///
    /// - Parameter limitBefore: what the limit was at the fact before.
    static func look(
        at slot: Int, _ entry: Entry, limitBefore: Int64, of envelope: Envelope, _ identity: BalanceIdentity, book: inout Book,
        at now: Timestamp, into events: inout [Event]
    ) {
        liftRoute(slot, entry, limitBefore: limitBefore, of: envelope, identity, book: &book, into: &events)
        guard envelope.mode == .enforce else { return }
        if entry.heldChange + entry.spentChange > 0 { alert(slot, of: envelope, identity, book: &book, into: &events) }
        guard !envelope.plan.suspensions.isEmpty else { return }
        let isAbove = book.balances[slot].spent > entry.limit
        book.mark(slot: slot) { marks in
            if !isAbove { marks.passedAt = nil } else if marks.passedAt == nil { marks.passedAt = now }
        }
        if entry.spentChange > 0 { suspend(slot, of: envelope, identity, book: &book, at: now, into: &events) }
    }

    /// A limit that rises makes room for the dearer model again; a plan without the step asks for no other.
    private static func liftRoute(
        _ slot: Int, _ entry: Entry, limitBefore: Int64, of envelope: Envelope, _ identity: BalanceIdentity, book: inout Book,
        into events: inout [Event]
    ) {
        guard let tier = book.balances[slot].marks.routeTier else { return }
        let isInPlan = envelope.plan.downgradeTiers.contains(tier)
        guard entry.limit > limitBefore || !isInPlan else { return }
        book.mark(slot: slot) { $0.routeTier = nil }
        events.append(
            Event(
                .routeRestored, of: envelope, identity, book.balances[slot], tier: tier,
                reason: isInPlan
                    ? "the limit rose from \(identity.meter.text(limitBefore)) to \(identity.meter.text(entry.limit))"
                    : "the plan no longer downgrades to \(tier)"))
    }

    private static func alert(
        _ slot: Int, of envelope: Envelope, _ identity: BalanceIdentity, book: inout Book, into events: inout [Event]
    ) {
        let balance = book.balances[slot]
        for step in envelope.plan.alerts {
            guard let at = step.at, at > balance.marks.alerted, step.isReached(by: balance.used, of: balance.limit) else { continue }
            book.mark(slot: slot) { $0.alerted = at }
            events.append(Event(.alert, of: envelope, identity, balance, step: at, reason: "'\(envelope.name)' reached \(at) % of its limit"))
        }
    }

    private static func suspend(
        _ slot: Int, of envelope: Envelope, _ identity: BalanceIdentity, book: inout Book, at now: Timestamp,
        into events: inout [Event]
    ) {
        let balance = book.balances[slot]
        let due = envelope.plan.suspensions.filter { step in
            guard let at = step.at, at > balance.marks.suspended, step.isExceeded(by: balance) else { return false }
            guard let within = step.withinSeconds, at > 100 else { return true }
            return balance.marks.passedAt.map { now <= $0.adding(seconds: within) } ?? false
        }
        guard let highest = due.last?.at else { return }
        // One suspension of a subject is enough: the highest step of a kind of subject speaks, and all that only tell.
        var stopped: [Subject] = []
        for step in due.reversed() {
            guard let at = step.at, let subject = step.breaker.map({ Subject($0.on, of: identity) }) ?? Subject(of: identity) else { continue }
            let kind: Event.Kind = step.breaker?.action == .alert ? .breakerTripped : .suspensionOpened
            guard kind == .breakerTripped || !stopped.contains(subject) else { continue }
            if kind == .suspensionOpened { stopped.append(subject) }
            book.mark(slot: slot) { $0.suspended = highest }
            let time = step.withinSeconds.map { " within \($0) s of passing the limit" } ?? ""
            var event = Event(
                kind, of: envelope, identity, balance, step: at, subject: subject, breaker: step.breaker,
                reason: "'\(envelope.name)' has spent more than \(at) % of its limit\(time)")
            event.rule = step.breaker?.name
            events.append(event)
        }
    }
}
