internal import Ledger

/// Decides the operations of one batch in the order in which they came, by the rules of `Ledger`, and collects what is
/// to be written. Does no I/O.
struct BatchDecider {
    let state: OrganisationState
    let now: Timestamp
    private(set) var book: Book
    private(set) var writes = BatchWrites()
    private var holds: [Identifier: HeldReservation]
    private var keys: [Identifier: (fingerprint: Identifier, fact: Identifier)]
    private let identities: [Identifier: BalanceIdentity]
    /// A closed organisation's keys no longer work; its holds still expire.
    private let isActive: Bool
    private var refusalCap: RefusalCap
    /// Those of the organisation, and the suspensions that this batch opens.
    private var guards: Guards
    private var sequence: UInt8 = 0

    init(state: OrganisationState, reads: BatchReads, identities: [Identifier: BalanceIdentity], refusalCap: RefusalCap) {
        self.state = state
        now = reads.now
        book = Book(reads.balances)
        book.pendingApprovals = reads.gates
        guards = state.guards
        holds = reads.holds
        keys = reads.keys
        self.identities = identities
        isActive = reads.isActive
        self.refusalCap = refusalCap
    }

    /// What the lane keeps for the next batch.
    var cap: RefusalCap { refusalCap }

    mutating func decide(_ operation: Operation, _ preparation: Preparation) throws(StoreError) -> Outcome {
        writes.order.next()
        if let key = operation.key, !isActive || state.keys.key(id: key.id) == nil { return .refused(.unauthorized) }
        if let sent = operation.idempotency, let known = keys[sent.key] {
            guard known.fingerprint == sent.fingerprint else { return .refused(.idempotencyMismatch) }
            return .replayed(known.fact, late: false)
        }
        guard isCovered(preparation) else { throw StoreError(.corrupt, "a balance that the call claims was not locked") }
        do throws(Refusal) {
            switch operation {
            case .reserve(let request): return try reserve(request, preparation)
            case .charge(let request): return try charge(request, preparation)
            case .settle(let request): return try settle(request)
            case .adjust(let request): return try adjust(request, preparation)
            }
        } catch {
            return .refused(error)
        }
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
                held: call.amounts, expiresAt: now.adding(seconds: request.ttlSeconds), balances: views(admitted.entries, admitted.shadows))
            writes.reservations.append(hold, request: request, call: call, entries: admitted.entries, shadows: admitted.shadows)
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
            if let pending = book.pendingApprovals[scope] {
                objections.violations[index].approval = pending
                continue
            }
            let id = nextID()
            book.pendingApprovals[scope] = id
            objections.violations[index].approval = id
            let violation = objections.violations[index]
            let reason = violation.reason
            writes.approvals.append(.init(id: id, scope: scope, violation: violation, call: call, key: request.key.id, reason: reason))
            var event = Event(
                .approvalRequested, envelope: violation.identity.envelope, identity: violation.identity, limit: violation.limit,
                held: violation.held, spent: violation.spent, reason: reason)
            event.related = id
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
    private mutating func note(_ events: [Event]) {
        for var event in events {
            if event.kind == .suspensionOpened, let subject = event.subject {
                guard guards.suspension(of: subject) == nil else { continue }
                let suspension = Suspension(id: nextID(), subject: subject, rule: event.envelope, reason: event.reason, openedAt: now)
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
        if let key = request.idempotency { remember(key.bound(to: request.key), fact: id) }
        return .adjusted(id)
    }

    // MARK: - Holds that are there

    private mutating func settle(_ request: SettleRequest) throws(Refusal) -> Outcome {
        guard var held = holds[request.reservation], isVisible(held, to: request.key) else { throw .notFound }
        let hold = hold(of: held)
        if case .extend = request.action { try checkGuards(of: held, key: request.key) }
        let (question, report) = try question(request.action, held: held)
        switch Settlement.decide(question, hold: hold, state: held.state, at: now) {
        case .nothing: return .nothing
        case .conflict(let ending): throw .alreadySettled(ending)
        case .tooLong(let latest): throw .tooLong(latest: latest)
        case .replay(let late): return .replayed(held.id, late: late)
        case .extend(let until):
            held.state = .open(expiresAt: until)
            holds[held.id] = held
            writes.extended.append((held.id, until))
            return .extended(id: held.id, until: until)
        case .end(let state):
            return try end(held, hold, as: state, late: nil, question: question, report: report, request: request)
        case .late:
            guard case .ended(let ending, _) = held.state else { return .nothing }
            return try end(held, hold, as: .committed, late: ending, question: question, report: report, request: request)
        }
    }

    private func question(_ action: SettleRequest.Action, held: HeldReservation) throws(Refusal) -> (Settlement.Request, UsageReport) {
        switch action {
        case .commit(let report, let fingerprint):
            return (.commit(charge: try chargeAmounts(report, held: held), fingerprint: fingerprint), report)
        case .release: return (.release, UsageReport())
        case .extend(let ttlSeconds): return (.extend(ttlSeconds: ttlSeconds), UsageReport())
        case .expire: return (.expire, UsageReport())
        }
    }

    /// What a commit charges: its own cost, else its tokens at the prices of the moment when the hold was opened. Money
    /// that was spent is never turned away: a model that the catalogue does not know costs what the model of the hold
    /// costs, and where that has no price either, what was held. Where no tokens are stated, those of the hold count.
    private func chargeAmounts(_ report: UsageReport, held: HeldReservation) throws(Refusal) -> Amounts {
        guard held.tool == nil else {
            return Amounts(cost: report.statedCost?.nanos ?? held.amounts.cost, toolCalls: report.toolCalls ?? 1)
        }
        guard report.usage != nil || report.statedCost != nil else { throw .usageMissing }
        let models = [report.model, held.model].compactMap { $0 }
        let price =
            models.lazy.compactMap { state.prices.price(of: $0, at: held.openedAt) }.first ?? state.policy.unknownPrice
        let cost: Money?
        if let stated = report.statedCost {
            cost = stated
        } else if let price {
            cost = price.cost(of: report.usage ?? TokenUsage())
        } else {
            cost = Money(nanos: held.amounts.cost)
        }
        guard let cost else { throw .amountTooLarge }
        return Amounts(cost: cost.nanos, tokens: report.usage?.total ?? held.amounts.tokens, modelCalls: 1)
    }

    private mutating func end(
        _ held: HeldReservation, _ hold: Hold, as state: Ending.State, late earlier: Ending?, question: Settlement.Request,
        report: UsageReport, request: SettleRequest
    ) throws(Refusal) -> Outcome {
        var charged = Amounts.zero
        var fingerprint: Identifier?
        if case .commit(let charge, let print) = question { (charged, fingerprint) = (charge, print) }
        let changes = Settlement.changes(of: hold, charge: charged, late: earlier != nil) { id in
            identities[id].map { ($0, envelope(of: $0)) }
        }
        guard let booked = changes.flatMap({ Settlement.book($0, fact: held.id, book: &book, at: now) }) else { throw .amountTooLarge }

        var row = SettlementColumns.Row(
            reservation: held.id, kind: earlier == nil ? .end : .late, openedAt: held.openedAt, state: state, key: request.key?.id,
            fingerprint: fingerprint, model: state == .committed ? report.model ?? held.model : held.model, tool: held.tool,
            report: report, charged: charged
        )
        if case .release(let reason) = request.action { row.reason = reason }
        writes.settlements.append(row, entries: booked.entries)
        writes.order.noteSettled()
        note(booked.events)

        let ending = Ending(state: state, isLate: earlier != nil, fingerprint: fingerprint, charged: charged, settledAt: now)
        var next = held
        if let earlier {
            next.state = .ended(earlier, late: ending)
        } else {
            next.state = .ended(ending, late: nil)
            writes.ended.append(held.id)
            writes.extended.removeAll { $0.id == held.id }
        }
        holds[held.id] = next
        let returned = earlier == nil ? held.amounts.remainder(after: charged) : .zero
        return .settled(
            settled(held.id, state, charged: charged, returned: returned, late: earlier != nil, entries: booked.entries, shadows: held.shadows))
    }

    /// A stream that is kept alive would spend on: it stops where a new call would.
    private func checkGuards(of held: HeldReservation, key: APIKey?) throws(Refusal) {
        var objections = Objections()
        for balance in held.balances {
            if let freeze = identities[balance].flatMap({ guards.freeze(of: $0.envelope) }) { objections.freezes.append(freeze) }
        }
        if let tags = try? TagsJSON.decode(held.tags) {
            objections.suspensions = guards.suspensions(covering: tags, key: key?.id.description ?? "")
        }
        if objections.kind != nil { throw .objected(objections) }
    }

    // MARK: - Parts

    private mutating func nextID() -> Identifier {
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
        return isCovered
    }

    private func hold(of held: HeldReservation) -> Hold {
        let shares = zip(held.balances, held.shares).map { balance, amount in
            Hold.Share(balance: balance, meter: identities[balance]?.meter ?? .cost, amount: amount)
        }
        return Hold(id: held.id, openedAt: held.openedAt, amounts: held.amounts, shares: shares)
    }

    /// The envelope of a balance as it is now; nil where it is gone, or cuts otherwise.
    private func envelope(of identity: BalanceIdentity) -> Envelope? {
        state.policy.envelope(named: identity.envelope).flatMap { $0.rule == identity.rule ? $0 : nil }
    }

    /// A key that is bound to tags sees only the holds that carry them.
    private func isVisible(_ held: HeldReservation, to key: APIKey?) -> Bool {
        guard let bound = key?.boundTags, !bound.isEmpty else { return true }
        guard let tags = try? TagsJSON.decode(held.tags) else { return false }
        return tags.contains(bound)
    }

    private func views(_ entries: [Entry], _ shadows: [Shadow]) -> [BalanceView] {
        entries.compactMap { entry in
            identities[entry.balance].map { BalanceView(identity: $0, entry: entry, shadow: shadows.of($0.envelope)) }
        }
    }

    private func settled(
        _ id: Identifier, _ state: Ending.State, charged: Amounts, returned: Amounts, late: Bool, entries: [Entry], shadows: [Shadow]
    ) -> SettledHold {
        let meters = entries.map { identities[$0.balance]?.meter ?? .cost }
        // What envelopes in shadow mode would have done was said when the hold was opened.
        let modes = shadows.map { Shadow(envelope: $0.envelope, would: nil) }
        return SettledHold(
            id: id, state: state, charged: charged, returned: returned,
            overrun: Settlement.overrun(entries, meters: meters, charge: charged), late: late, balances: views(entries, modes)
        )
    }
}
