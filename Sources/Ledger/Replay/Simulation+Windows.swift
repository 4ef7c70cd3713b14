extension Simulation {
    /// Begins the balances of an offer that are not there yet, and takes back what has expired on the others.
    mutating func touch(_ offer: PricedOffer) {
        for (claim, identity) in zip(offer.claims, offer.identities) where claim.envelope.limit != nil { touch(claim, identity) }
    }

    private mutating func touch(_ claim: Claim, _ identity: BalanceIdentity) {
        if book.slot(of: identity.id) == nil {
            if claim.envelope.rollover != nil {
                openWindow(claim, identity, recorded: nil)
            } else {
                begin(identity, claim.envelope)
            }
        }
        if !expiring.isEmpty { expireDue(identity, claim.envelope) }
    }

    /// The balance of the window before a claim's; nil where nothing is carried.
    func windowBefore(_ claim: Claim) -> BalanceIdentity? {
        guard claim.envelope.rollover != nil, let start = claim.window.start else { return nil }
        let window = claim.envelope.windowRule.window(containing: Timestamp(microseconds: start.microseconds - 1))
        return pricing.identity(of: Claim(envelope: claim.envelope, values: claim.values, window: window, amount: 0))
    }

    // MARK: - Credit that is carried

    /// Opens a window, and those that were skipped before it, with what the last one has left.
    ///
    /// - Parameter recorded: the credit that the record carried into it. It counts where the window before is not known,
    ///   since nothing of the period has changed that one.
    mutating func openWindow(_ claim: Claim, _ identity: BalanceIdentity, recorded: RecordedAdjustment?) {
        let envelope = claim.envelope
        let chain = pricing.identity(of: Claim(envelope: envelope, values: claim.values, window: .forever, amount: 0)).id
        if let base = base(of: claim, chain) {
            if let known = identities[base.id] { expireDue(known, envelope) }
            let left = book.slot(of: base.id).map { remainder(of: book.balances[$0], envelope) } ?? 0
            for link in CreditChain.links(after: base.end, left: left, to: claim.window, of: envelope) {
                let window = Claim(envelope: envelope, values: claim.values, window: link.window, amount: 0)
                carry(link, into: link.window == claim.window ? identity : pricing.identity(of: window), envelope, fact: recorded?.id)
            }
        }
        if book.slot(of: identity.id) == nil {
            begin(identity, envelope)
            if let recorded { apply(recorded.adjustment, to: identity, envelope, fact: recorded.id) }
        }
        if let end = claim.window.end { chains[chain] = (identity.id, end) }
    }

    private func base(of claim: Claim, _ chain: Identifier) -> (id: Identifier, end: Timestamp)? {
        if let last = chains[chain] { return (last.balance, last.end) }
        guard let before = windowBefore(claim), book.slot(of: before.id) != nil, let end = before.window.end else { return nil }
        return (before.id, end)
    }

    private func remainder(of balance: Balance, _ envelope: Envelope) -> Int64 {
        let limit = envelope.limit(adjusted: balance.marks.adjusted) ?? balance.limit
        return Int64(clamping: Int128(limit) - balance.used)
    }

    private mutating func carry(_ link: CreditChain.Link, into identity: BalanceIdentity, _ envelope: Envelope, fact: Identifier?) {
        guard book.slot(of: identity.id) == nil else { return }
        begin(identity, envelope)
        guard link.carry > 0 else { return }
        let id = fact ?? nextFact()
        let isOver = link.expiresAt.map { $0 <= pricing.now } ?? false
        let credit = Adjustment(
            kind: .carry, amount: link.carry, expiresAt: isOver ? nil : link.expiresAt, reason: "left of the window before", author: "purser")
        apply(credit, to: identity, envelope, fact: id)
        if isOver { apply(.expiry(of: id, amount: link.carry, adjusted: link.carry), to: identity, envelope, fact: nextFact()) }
    }

    private mutating func begin(_ identity: BalanceIdentity, _ envelope: Envelope) {
        identities[identity.id] = identity
        book.add(Balance(id: identity.id, limit: envelope.limit ?? 0, changedAt: pricing.now))
    }

    // MARK: - Adjustments

    mutating func run(_ recorded: RecordedAdjustment) {
        if let identity = identities[recorded.balance], identity.isGrant { return run(grant: recorded, identity) }
        guard let identity = identities[recorded.balance], let envelope = envelope(of: identity), envelope.limit != nil else { return }
        switch recorded.adjustment.kind {
        case .carry:
            guard envelope.rollover != nil, book.slot(of: identity.id) == nil else { return }
            openWindow(
                Claim(envelope: envelope, values: identity.values, window: identity.window, amount: 0), identity, recorded: recorded)
        case .adjustment:
            touch(Claim(envelope: envelope, values: identity.values, window: identity.window, amount: 0), identity)
            apply(recorded.adjustment, to: identity, envelope, fact: recorded.id)
        case .expiry:
            guard let source = recorded.adjustment.source else { return }
            // What the period gave ends with the amount that the simulation gave; the rest was there before.
            if let given = expiring[identity.id]?.first(where: { $0.source == source }) {
                expire(given.source, given.amount, identity, envelope)
            } else if source < firstID, book.slot(of: identity.id) != nil {
                apply(recorded.adjustment, to: identity, envelope, fact: recorded.id)
            }
        case .grant: break
        }
    }

    mutating func apply(_ adjustment: Adjustment, to identity: BalanceIdentity, _ envelope: Envelope?, fact: Identifier) {
        guard let slot = book.slot(of: identity.id),
            let booked = adjustment.book(slot: slot, envelope: envelope, identity: identity, book: &book, fact: fact, at: pricing.now)
        else { return }
        note(booked.events)
        if let end = adjustment.expiresAt { expiring[identity.id, default: []].append((fact, adjustment.amount, end)) }
    }

    /// Takes back what has expired of a balance.
    private mutating func expireDue(_ identity: BalanceIdentity, _ envelope: Envelope) {
        guard let given = expiring[identity.id] else { return }
        for one in given where one.end <= pricing.now { expire(one.source, one.amount, identity, envelope) }
    }

    private mutating func expire(_ source: Identifier, _ amount: Int64, _ identity: BalanceIdentity, _ envelope: Envelope) {
        let rest = (expiring[identity.id] ?? []).filter { $0.source != source }
        expiring[identity.id] = rest.isEmpty ? nil : rest
        guard let slot = book.slot(of: identity.id) else { return }
        let adjusted = book.balances[slot].marks.adjusted
        apply(.expiry(of: source, amount: amount, adjusted: adjusted), to: identity, envelope, fact: nextFact())
        book.setExpiry(rest.map(\.end).min(), slot: slot)
    }
}
