/// Decides recorded operations again by a policy, with the functions that decided them first, over balances of its own.
///
/// Operations go through `prepare`, then the balances that `missing` names are given to `add`, then `run` decides, all in
/// the recorded order.
///
/// What cannot be known is taken as follows. A call that the record refused and that is admitted now is charged what was
/// held for it, at once. A call with another model than the record's is charged the recorded tokens at that model's price,
/// or as recorded where no tokens were stated. A call that is refused now is charged nothing.
public struct Simulation: Sendable {
    /// An operation with what it claims.
    public struct Prepared: Sendable {
        let operation: RecordedOperation
        let offers: [PricedOffer]
        let fault: CallPricing.Fault?
    }

    /// What was decided so far.
    public var report = ReplayReport()
    var pricing: CallPricing
    var book = Book([])
    var guards: Guards
    /// The balances whose plans suspended a subject, which a lift pardons.
    var origins: [Subject: Set<Identifier>]
    /// What the batch at hand has suspended.
    var opened: [OpenedSuspension] = []
    /// What binds only those who knew of it, by the epoch of the guards that made it known; in the order of the epochs.
    var unknown: [(epoch: Int64, suspension: OpenedSuspension)] = []
    var counters = CounterBook()
    var open: [Identifier: SimulatedHold] = [:]
    /// Of balances that the record names and the policy has.
    var identities: [Identifier: BalanceIdentity] = [:]
    /// The last window that was opened for each key of an envelope with rollover.
    var chains: [Identifier: (balance: Identifier, end: Timestamp)] = [:]
    /// By balance the adjustments that will expire.
    var expiring: [Identifier: [(source: Identifier, amount: Int64, end: Timestamp)]] = [:]
    /// Ids of the period are not below it.
    let firstID: Identifier
    private var factCount: UInt64 = 0

    var policy: Policy { pricing.policy }

    /// - Parameters:
    ///   - start: when the replayed period begins.
    ///   - guards: what a policy had suspended by then, and the route trials that were on.
    ///   - origins: the balances whose plans had.
    ///   - hash: makes the id of canonical bytes, as the record's ids were made.
    public init(
        policy: Policy, prices: PriceBook, organisation: Identifier, start: Timestamp, guards: Guards = Guards(),
        origins: [Subject: Set<Identifier>] = [:], hash: @escaping @Sendable ([UInt8]) -> Identifier
    ) {
        pricing = CallPricing(
            policy: policy, prices: prices, organisation: organisation, windows: policy.windows(at: start), now: start,
            routeTrials: guards.routeTrials, hash: hash)
        self.guards = guards
        self.origins = origins
        firstID = .version7(at: start, sequence: 0, random: 0)
    }

    // MARK: - What an operation needs

    /// Prices and matches an operation.
    public mutating func prepare(_ operation: RecordedOperation) -> Prepared {
        moveTo(operation.at)
        do throws(CallPricing.Fault) {
            switch operation {
            case .call(let call):
                if case .barred = call.outcome { return Prepared(operation: operation, offers: [], fault: nil) }
                let offers = try pricing.offers(
                    tags: call.tags, model: call.model, tool: call.tool, usage: call.usage, stated: call.statedCost)
                return Prepared(operation: operation, offers: offers, fault: nil)
            case .charge(let charge):
                let offer = try pricing.offer(tags: charge.tags, model: charge.model, tool: charge.tool, amounts: charge.charged, isSpent: true)
                return Prepared(operation: operation, offers: [offer], fault: nil)
            case .trial(let trial):
                trial.apply(to: &pricing.routeTrials)
                return Prepared(operation: operation, offers: [], fault: nil)
            case .end, .adjustment, .rejection, .lift: return Prepared(operation: operation, offers: [], fault: nil)
            }
        } catch {
            return Prepared(operation: operation, offers: [], fault: error)
        }
    }

    /// Adds the balances that an operation may change and that the simulation has not met.
    public func missing(for prepared: Prepared, into ids: inout Set<Identifier>) {
        switch prepared.operation {
        case .call, .charge:
            for offer in prepared.offers {
                for (claim, identity) in zip(offer.claims, offer.identities) where claim.envelope.limit != nil {
                    guard book.slot(of: identity.id) == nil else { continue }
                    ids.insert(identity.id)
                    if let before = windowBefore(claim) { ids.insert(before.id) }
                }
                for case let scope? in offer.scopes where book.slot(of: scope) == nil { ids.insert(scope) }
            }
        case .end(let end):
            for change in end.changes where book.slot(of: change.balance) == nil { ids.insert(change.balance) }
        case .adjustment(let adjustment):
            if identities[adjustment.balance] == nil { ids.insert(adjustment.balance) }
        case .lift(let lift):
            for id in origins[lift.subject] ?? [] where book.slot(of: id) == nil { ids.insert(id) }
        case .rejection, .trial: break
        }
    }

    /// Takes in balances of the record; those of envelopes that the policy does not have are left out.
    public mutating func add(_ starts: [StartingBalance]) {
        for start in starts where start.identity.isGrant || envelope(of: start.identity) != nil {
            identities[start.identity.id] = start.identity
            guard var balance = start.balance, book.slot(of: balance.id) == nil else { continue }
            if start.identity.isGrant {
                balance.marks.nextExpiry = expiring[balance.id]?.map(\.end).min()
                balance.marks.granted = (expiring[balance.id] ?? []).reduce(0) { $0.addingClamped($1.amount) }
            }
            book.add(balance)
        }
    }

    // MARK: - Decisions

    /// Decides the operations of one batch and books what follows.
    ///
    /// - Parameters:
    ///   - epoch: that of the guards by which the batch decided.
    ///   - raised: the epoch with which others knew what the batch suspended; nil: what it suspends binds from the next batch on.
    public mutating func run(_ batch: some Sequence<Prepared>, epoch: Int64, raised: Int64?) {
        bind(upTo: epoch)
        for operation in batch { run(operation) }
        endBatch(raised: raised)
    }

    private mutating func run(_ prepared: Prepared) {
        moveTo(prepared.operation.at)
        switch prepared.operation {
        case .call(let call): run(call, prepared)
        case .end(let end): run(end)
        case .charge(let charge): run(charge, prepared)
        case .adjustment(let adjustment): run(adjustment)
        case .rejection(let rejection): reject(rejection)
        case .lift(let lift): self.lift(lift)
        case .trial(let trial): trial.apply(to: &guards.routeTrials)
        }
    }

    private mutating func run(_ call: RecordedCall, _ prepared: Prepared) {
        countRecorded(call)
        if case .barred = call.outcome { return }
        if let fault = prepared.fault { return conclude(call, .refused(problem: fault.problem, envelopes: [])) }
        for offer in prepared.offers {
            touch(offer)
            for case let scope? in offer.scopes { endGrants(of: scope) }
        }
        let counted = watch(call, prepared.offers)
        let terms = Admission.Terms(policy: policy, guards: guards, key: call.key)
        switch Admission.decide(prepared.offers.map { $0.offer(in: book) }, terms: terms, book: &book, fact: call.id, at: pricing.now) {
        case .refused(let objections, _):
            let kind = objections.kind
            let action: PlanStep.Action = kind == .approvalRequired ? .requireApproval : .refuse
            let names = objections.violations.filter { $0.action == action }.map(\.identity.envelope)
            conclude(call, .refused(problem: kind?.problem ?? "forbidden", envelopes: names))
        case .admitted(let admitted):
            note(admitted.events)
            conclude(call, .admitted(admitted))
            count(call, counted, cost: admitted.offer.call.amounts.cost)
        }
    }

    private mutating func run(_ charge: RecordedCharge, _ prepared: Prepared) {
        report.directCharges += 1
        report.recordedCost = report.recordedCost.addingClamped(charge.charged.cost)
        guard let priced = prepared.offers.first else {
            // The tags no longer suffice: nothing would have been booked.
            return save(charge.charged.cost, ReplayLabels(charge.tags, envelopes: []))
        }
        report.replayedCost = report.replayedCost.addingClamped(charge.charged.cost)
        touch(priced)
        let changes = Settlement.changes(of: priced.offer(in: book).requests)
        if let booked = Settlement.book(changes, fact: charge.id, book: &book, at: pricing.now) { note(booked.events) }
        count(charge, priced)
    }

    private mutating func run(_ end: RecordedEnd) {
        let charged = end.charged.cost
        report.recordedCost = report.recordedCost.addingClamped(charged)
        guard let hold = open[end.hold] else {
            report.replayedCost = report.replayedCost.addingClamped(charged)
            return settle(recorded: end)
        }
        // A late charge may follow.
        if end.isLate || end.state == .committed { open[end.hold] = nil }
        guard let held = hold.held else { return save(charged, hold.labels) }
        let charge = held.isRecordedModel ? end.charged : priced(end, held)
        report.replayedCost = report.replayedCost.addingClamped(charge.cost)
        if charge.cost != charged { save(charged.addingClamped(-charge.cost), hold.labels) }
        count(end, held, cost: charge.cost)
        let changes = held.parts.map { part in
            Settlement.Change(
                identity: part.identity, envelope: part.envelope, held: end.isLate ? 0 : -part.amount, spent: charge[part.identity.meter])
        }
        if let booked = Settlement.book(changes, fact: end.hold, book: &book, at: pricing.now) { note(booked.events) }
    }

    /// The recorded tokens at the price of the model that would have been called.
    private func priced(_ end: RecordedEnd, _ held: SimulatedHold.Held) -> Amounts {
        guard let usage = end.usage, let model = held.model,
            let cost = policy.price(of: model, in: pricing.prices, at: held.openedAt)?.cost(of: usage)
        else { return end.charged }
        var charge = end.charged
        charge.cost = cost.nanos
        return charge
    }

    /// The end of a hold that was opened before the period: what the record says, on the balances that the policy has too.
    private mutating func settle(recorded end: RecordedEnd) {
        let changes = end.changes.compactMap { change -> Settlement.Change? in
            guard let identity = identities[change.balance], book.slot(of: change.balance) != nil else { return nil }
            return Settlement.Change(identity: identity, envelope: envelope(of: identity), held: change.held, spent: change.spent)
        }
        if let booked = Settlement.book(changes, fact: end.hold, book: &book, at: pricing.now) { note(booked.events) }
    }

    // MARK: - Parts

    private mutating func moveTo(_ time: Timestamp) {
        pricing.now = time
        if !pricing.windows.validity.contains(time) { pricing.windows = policy.windows(at: time) }
    }

    /// The envelope of a balance as the policy has it; nil where it is gone or cuts otherwise.
    func envelope(of identity: BalanceIdentity) -> Envelope? {
        policy.envelope(named: identity.envelope).flatMap { $0.rule == identity.rule ? $0 : nil }
    }

    mutating func nextFact() -> Identifier {
        factCount += 1
        return Identifier(high: 0, low: factCount)
    }
}
