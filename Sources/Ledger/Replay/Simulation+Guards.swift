/// What the replayed policy suspends. In the record a batch of another server knows of a suspension only from the epoch of the
/// guards on that came with it: it may have decided after the batch that suspended, and before that one was committed.
extension Simulation {
    /// A suspension binds from the next operation of its batch on.
    mutating func note(_ events: [Event]) {
        for event in events where event.kind == .suspensionOpened {
            guard let subject = event.subject else { continue }
            let suspension = Suspension(
                id: nextFact(), subject: subject, rule: event.rule ?? event.envelope, reason: event.reason, openedAt: pricing.now)
            opened.append(bind(suspension, of: event.identity?.id))
        }
    }

    /// Binds what a batch knew of that decided by this epoch of the guards.
    mutating func bind(upTo epoch: Int64) {
        guard let first = unknown.first, first.epoch <= epoch else { return }
        for known in unknown.prefix(while: { $0.epoch <= epoch }) { _ = bind(known.suspension.suspension, of: known.suspension.balance) }
        unknown.removeAll { $0.epoch <= epoch }
    }

    /// Takes back what the batch suspended, until the epoch that others knew it by; nil: it stays.
    mutating func endBatch(raised: Int64?) {
        defer { opened.removeAll() }
        guard let raised, !opened.isEmpty else { return }
        for opened in opened.reversed() {
            if opened.isFirst { guards.lift(opened.suspension.subject) }
            if opened.isFirstOfBalance, let balance = opened.balance { origins[opened.suspension.subject]?.remove(balance) }
        }
        let place = unknown.firstIndex { $0.epoch > raised } ?? unknown.endIndex
        unknown.insert(contentsOf: opened.map { (raised, $0) }, at: place)
    }

    private mutating func bind(_ suspension: Suspension, of balance: Identifier?) -> OpenedSuspension {
        let isFirst = guards.suspension(of: suspension.subject) == nil
        if isFirst { guards.add(suspension) }
        let isFirstOfBalance = balance.map { origins[suspension.subject, default: []].insert($0).inserted } ?? false
        return OpenedSuspension(suspension: suspension, balance: balance, isFirst: isFirst, isFirstOfBalance: isFirstOfBalance)
    }
}
