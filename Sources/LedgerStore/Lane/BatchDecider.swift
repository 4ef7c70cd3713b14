internal import Ledger

/// Decides the operations of one batch in the order in which they came, by the rules of `Ledger`, and collects what is
/// to be written. Does no I/O.
struct BatchDecider {
    let state: OrganisationState
    let now: Timestamp
    var book: Book
    var counters: CounterBook
    var writes = BatchWrites()
    var holds: [Identifier: HeldReservation]
    /// The holds that this batch opens.
    private(set) var opened: [HeldReservation] = []
    private var keys: [Identifier: (fingerprint: Identifier, fact: Identifier)]
    let identities: [Identifier: BalanceIdentity]
    var decisions: [Identifier: DecidedApproval]
    /// By approval what was granted to the same scope before this batch.
    let granted: [Identifier: ApprovalDecision.Earlier]
    /// A closed organisation's keys no longer work; its holds still expire.
    private let isActive: Bool
    private var refusalCap: RefusalCap
    /// Those of the organisation, and the suspensions that this batch opens.
    var guards: Guards
    private var sequence: UInt8 = 0

    init(state: OrganisationState, reads: BatchReads, identities: [Identifier: BalanceIdentity], refusalCap: RefusalCap) {
        self.state = state
        now = reads.now
        book = Book(reads.balances)
        book.gates = reads.gates
        counters = CounterBook(reads.counters)
        guards = state.guards
        writes.guards = state.epochs.guards
        holds = reads.holds
        keys = reads.keys
        decisions = reads.decisions
        granted = reads.granted
        self.identities = identities
        isActive = reads.isActive
        self.refusalCap = refusalCap
    }

    /// What the lane keeps for the next batch.
    var cap: RefusalCap { refusalCap }

    mutating func decide(_ operation: Operation, _ preparation: Preparation) throws(StoreError) -> Outcome {
        writes.order.next()
        if let key = operation.key, !isActive || !key.isPerson && state.keys.key(id: key.id) == nil { return .refused(.unauthorized) }
        if let sent = operation.idempotency, let known = keys[sent.key] {
            guard known.fingerprint == sent.fingerprint else { return .refused(.idempotencyMismatch) }
            if let refusal = suspended(operation) { return .refused(refusal) }
            return .replayed(known.fact, late: false)
        }
        guard isCovered(preparation) else { throw StoreError(.corrupt, "a balance that the call claims was not locked") }
        do throws(Refusal) {
            switch operation {
            case .reserve(let request): return try reserve(request, preparation)
            case .charge(let request): return try charge(request, preparation)
            case .settle(let request): return try settle(request)
            case .adjust(let request): return try adjust(request, preparation)
            case .decide(let request): return try decide(request)
            }
        } catch {
            return .refused(error)
        }
    }

    /// A hold of whom is suspended is given back, so a repeated request must not be told once more that it is there.
    private func suspended(_ operation: Operation) -> Refusal? {
        guard case .reserve(let request) = operation else { return nil }
        var objections = Objections()
        objections.suspensions = guards.suspensions(
            covering: request.key.complete(request.tags) ?? request.tags, key: request.key.id.description)
        return objections.kind == nil ? nil : .objected(objections)
    }

    // MARK: - Reserve

    private mutating func reserve(_ request: ReserveRequest, _ preparation: Preparation) throws(Refusal) -> Outcome {
        let offers: [Offer]
        do throws(Refusal) {
            guard case .call(let priced) = try preparation.work.get() else { return .nothing }
            offers = priced.map { $0.offer(in: book) }
        } catch {
            record(error, request: request, tags: request.key.complete(request.tags) ?? request.tags, amounts: .zero)
            throw error
        }
        watch(request, preparation, offers)
        let id = nextID()
        let terms = Admission.Terms(policy: state.policy, guards: guards, key: request.key.id.description)
        switch Admission.decide(offers, terms: terms, book: &book, fact: id, at: now) {
        case .refused(var objections, let offer):
            ask(&objections, offer.call, request)
            let refusal = Refusal.objected(objections)
            record(refusal, request: request, tags: offer.call.tags, amounts: offer.call.amounts)
            throw refusal
        case .admitted(let admitted):
            let call = admitted.offer.call
            let hold = AdmittedHold(
                id: id, decision: admitted.reason == nil ? "allow" : "downgrade", model: call.model, reason: admitted.reason,
                held: call.amounts, expiresAt: now.adding(seconds: request.ttlSeconds), balances: views(admitted.entries, admitted.shadows),
                shadows: admitted.shadows)
            let held = HeldReservation(hold, request, call, admitted, counters: count(request, preparation), openedAt: now)
            writes.reservations.append(hold, as: held, call, request: request, entries: admitted.entries)
            opened.append(held)
            writes.order.noteOpened()
            note(admitted.events)
            remember(request.idempotency.bound(to: request.key), fact: id)
            return .admitted(hold)
        }
    }

    /// Asks a person, once for each scope, where nothing else stands in the way.
    private mutating func ask(_ objections: inout Objections, _ call: Call, _ request: ReserveRequest) {
        guard objections.kind == .approvalRequired else { return }
        for index in objections.violations.indices {
            guard let scope = objections.violations[index].scope else { continue }
            if case .pending(let pending)? = book.gates[scope] {
                objections.violations[index].approval = pending
                continue
            }
            // A loop that makes up a new run for each call must not ask a person each time.
            let agent = call.tags["agent_id"] ?? ""
            guard refusalCap.takesApproval(organisation: state.organisation.id, agent: agent, at: now) else { continue }
            let id = nextID()
            book.gates[scope] = .pending(id)
            objections.violations[index].approval = id
            let violation = objections.violations[index]
            let reason = violation.reason
            let expiresAt = ApprovalQuestion.end(of: violation.identity.window, asked: now)
            writes.approvals.append(
                .init(id: id, scope: scope, violation: violation, call: call, key: request.key.id, reason: reason, expiresAt: expiresAt))
            let envelope = state.policy.envelope(named: violation.identity.envelope)
            var event = Event(
                .approvalRequested, envelope: violation.identity.envelope, owner: envelope?.owner, playbook: envelope?.playbook,
                identity: violation.identity, limit: violation.limit,
                held: violation.held, spent: violation.spent, reason: reason)
            event.related = id
            event.tags = call.tags
            event.question = (violation.requested, expiresAt)
            writes.append(event, id: nextID())
        }
    }

    private mutating func record(_ refusal: Refusal, request: ReserveRequest, tags: Tags, amounts: Amounts) {
        let agent = tags["agent_id"] ?? ""
        guard refusalCap.takesRow(organisation: state.organisation.id, agent: agent, at: now) else { return writes.refusals.count(agent: agent) }
        writes.refusals.append(
            id: nextID(), request: request, tags: tags, amounts: amounts, problem: refusal.problem, verdicts: refusal.verdicts
        )
        writes.order.noteRefused()
    }

    /// Keeps what a decision set off; a suspension binds from the next operation of this batch on.
    ///
    /// - Parameter tags: of the call, for what breakers tell.
    mutating func note(_ events: [Event], of tags: Tags? = nil) {
        for var event in events {
            if event.identity == nil, event.rule != nil { event.tags = tags }
            if event.kind == .suspensionOpened, let subject = event.subject {
                // What a balance passed is recorded beside what stops its subject already, since a lift pardons what it is recorded of.
                guard event.identity != nil || guards.suspension(of: subject) == nil else { continue }
                let suspension = Suspension(id: nextID(), subject: subject, rule: event.rule ?? event.envelope, reason: event.reason, openedAt: now)
                guards.add(suspension)
                writes.suspensions.append(suspension, balance: event.identity?.id)
                event.related = suspension.id
            }
            writes.append(event, id: nextID())
        }
    }

    // MARK: - Direct charges and adjustments

    private mutating func charge(_ request: ChargeRequest, _ preparation: Preparation) throws(Refusal) -> Outcome {
        guard case .call(let priced) = try preparation.work.get(), let offer = priced.first?.offer(in: book) else { return .nothing }
        let id = nextID()
        let charged = offer.call.amounts
        guard let booked = Settlement.book(Settlement.changes(of: offer.requests), fact: id, book: &book, at: now) else { throw .amountTooLarge }
        let shadows = offer.requests.map(\.claim.envelope).filter { $0.mode == .shadow }.map { Shadow(envelope: $0.name, would: nil) }
        var row = SettlementColumns.Row(
            reservation: id, kind: .direct, openedAt: now, state: .committed, key: request.key.id,
            fingerprint: request.idempotency.fingerprint, model: request.report.model ?? request.model, tool: request.tool,
            tags: TagsJSON.encode(offer.call.tags), report: request.report, step: request.step, charged: charged)
        row.shadows = shadows
        writes.settlements.append(row, entries: booked.entries)
        writes.order.noteSettled()
        note(Settlement.callAlerts(of: offer.requests) + booked.events)
        count(request, preparation, charged: charged, tags: offer.call.tags)
        remember(request.idempotency.bound(to: request.key), fact: id)
        return .settled(settled(id, .committed, charged: charged, returned: .zero, late: false, entries: booked.entries, shadows: shadows))
    }

    private mutating func adjust(_ request: AdjustRequest, _ preparation: Preparation) throws(Refusal) -> Outcome {
        guard case .adjustment(let claim, let identity) = try preparation.work.get(), let slot = book.slot(of: identity.id) else { return .nothing }
        if let end = request.expiresAt, end <= now { throw .expiryPassed }
        let id = nextID()
        let adjustment = Adjustment(
            kind: .adjustment, amount: request.amount, expiresAt: request.expiresAt, reason: request.reason, author: request.author)
        guard let booked = adjustment.book(slot: slot, envelope: claim.envelope, identity: identity, book: &book, fact: id, at: now),
            let entry = booked.entries.first
        else { throw .amountTooLarge }
        writes.adjustments.append(adjustment, id: id, entry: entry)
        writes.order.noteAdjusted()
        note(booked.events)
        remember(request.idempotency.bound(to: request.key), fact: id)
        return .adjusted(id)
    }

    // MARK: - Parts

    mutating func nextID() -> Identifier {
        defer { sequence &+= 1 }
        return .fresh(at: now, sequence: sequence)
    }

    private mutating func remember(_ key: IdempotencyKey, fact: Identifier) {
        keys[key.key] = (fingerprint: key.fingerprint, fact: fact)
        writes.keys.append((key, fact))
    }

    /// Whether every balance that an operation claims is in the book; nothing may be admitted past a limit for want of one.
    private func isCovered(_ preparation: Preparation) -> Bool {
        var isCovered = true
        preparation.forEachClaim { _, identity in isCovered = isCovered && book.slot(of: identity.id) != nil }
        if let grant = preparation.grant { isCovered = isCovered && book.slot(of: grant.id) != nil }
        return isCovered
    }

    func hold(of held: HeldReservation) -> Hold {
        let shares = zip(held.balances, held.shares).map { balance, amount in
            Hold.Share(balance: balance, meter: identities[balance]?.meter ?? .cost, amount: amount)
        }
        return Hold(id: held.id, openedAt: held.openedAt, amounts: held.amounts, shares: shares)
    }

    /// A key that is bound to tags sees only the holds that carry them.
    func isVisible(_ held: HeldReservation, to key: APIKey?) -> Bool {
        guard let bound = key?.boundTags, !bound.isEmpty else { return true }
        guard let tags = try? TagsJSON.decode(held.tags) else { return false }
        return tags.contains(bound)
    }

    func views(_ entries: [Entry], _ shadows: [Shadow]) -> [BalanceView] {
        entries.compactMap { entry in
            identities[entry.balance].map { BalanceView(identity: $0, entry: entry, shadow: shadows.of($0.envelope)) }
        }
    }

    func settled(
        _ id: Identifier, _ state: Ending.State, charged: Amounts, returned: Amounts, late: Bool, entries: [Entry], shadows: [Shadow]
    ) -> SettledHold {
        // What envelopes in shadow mode would have done was said when the hold was opened.
        let balances = views(entries, shadows.map { Shadow(envelope: $0.envelope, would: nil) })
        return SettledHold(
            id: id, state: state, charged: charged, returned: returned,
            overrun: balances.overrun(of: charged), late: late, balances: balances
        )
    }
}
