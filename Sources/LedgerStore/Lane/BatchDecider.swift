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
    private var sequence: UInt8 = 0

    init(state: OrganisationState, reads: BatchReads, identities: [Identifier: BalanceIdentity], refusalCap: RefusalCap) {
        self.state = state
        now = reads.now
        book = Book(reads.balances)
        holds = reads.holds
        keys = reads.keys
        self.identities = identities
        isActive = reads.isActive
        self.refusalCap = refusalCap
    }

    /// What the lane keeps for the next batch.
    var cap: RefusalCap { refusalCap }

    mutating func decide(_ operation: Operation, _ preparation: Preparation) throws(StoreError) -> Outcome {
        if let key = operation.key, !isActive || state.keys.key(id: key.id) == nil { return .refused(.unauthorized) }
        if let sent = operation.idempotency, let known = keys[sent.key] {
            guard known.fingerprint == sent.fingerprint else { return .refused(.idempotencyMismatch) }
            return .replayed(known.fact, late: false)
        }
        if case .success(let priced)? = preparation.pricedCall, !isCovered(priced) {
            throw StoreError(.corrupt, "a balance that the call claims was not locked")
        }
        do throws(Refusal) {
            switch operation {
            case .reserve(let request): return try reserve(request, preparation)
            case .charge(let request): return try charge(request, preparation)
            case .settle(let request): return try settle(request)
            }
        } catch {
            return .refused(error)
        }
    }

    // MARK: - Reserve

    private mutating func reserve(_ request: ReserveRequest, _ preparation: Preparation) throws(Refusal) -> Outcome {
        guard let prepared = preparation.pricedCall else { return .nothing }
        let priced: Preparation.PricedCall
        do throws(Refusal) {
            priced = try prepared.get()
        } catch {
            record(error, request: request, tags: request.key.complete(request.tags) ?? request.tags, amounts: .zero)
            throw error
        }
        let id = nextID()
        switch Admission.decide(requests(priced), book: &book, fact: id, at: now) {
        case .refused(let violations):
            let refusal = Refusal.exhausted(violations)
            record(refusal, request: request, tags: priced.call.tags, amounts: priced.call.amounts)
            throw refusal
        case .admitted(let entries):
            let hold = AdmittedHold(
                id: id, decision: "allow", model: request.model, reason: nil, held: priced.call.amounts,
                expiresAt: now.adding(seconds: request.ttlSeconds), balances: views(entries)
            )
            writes.reservations.append(hold, request: request, call: priced.call, entries: entries)
            remember(request.idempotency.bound(to: request.key), fact: id)
            return .admitted(hold)
        }
    }

    private mutating func record(_ refusal: Refusal, request: ReserveRequest, tags: Tags, amounts: Amounts) {
        let agent = tags["agent_id"] ?? ""
        guard refusalCap.takesRow(organisation: state.organisation.id, agent: agent, at: now) else { return writes.refusals.count(agent: agent) }
        writes.refusals.append(
            id: nextID(), request: request, tags: tags, amounts: amounts, problem: refusal.problem, verdicts: refusal.verdicts
        )
    }

    // MARK: - Direct charges

    private mutating func charge(_ request: ChargeRequest, _ preparation: Preparation) throws(Refusal) -> Outcome {
        guard let priced = try preparation.pricedCall?.get() else { return .nothing }
        let id = nextID()
        let charged = priced.call.amounts
        guard let entries = Settlement.charge(requests(priced), fact: id, book: &book, at: now) else { throw .amountTooLarge }
        writes.settlements.append(
            SettlementColumns.Row(
                reservation: id, kind: .direct, openedAt: now, state: .committed, key: request.key.id,
                fingerprint: request.idempotency.fingerprint, model: request.report.model ?? request.model, tool: request.tool,
                tags: TagsJSON.encode(priced.call.tags), report: request.report, step: request.step, charged: charged
            ),
            entries: entries
        )
        remember(request.idempotency.bound(to: request.key), fact: id)
        return .settled(settled(id, .committed, charged: charged, returned: .zero, late: false, entries: entries))
    }

    // MARK: - Holds that are there

    private mutating func settle(_ request: SettleRequest) throws(Refusal) -> Outcome {
        guard var held = holds[request.reservation], isVisible(held, to: request.key) else { throw .notFound }
        let hold = hold(of: held)
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
        let price = models.lazy.compactMap { state.prices.price(of: $0, at: held.openedAt) }.first
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
        guard let entries = Settlement.book(hold, charge: charged, late: earlier != nil, limits: limits(of: held), book: &book, at: now)
        else { throw .amountTooLarge }

        var row = SettlementColumns.Row(
            reservation: held.id, kind: earlier == nil ? .end : .late, openedAt: held.openedAt, state: state, key: request.key?.id,
            fingerprint: fingerprint, model: state == .committed ? report.model ?? held.model : held.model, tool: held.tool,
            report: report, charged: charged
        )
        if case .release(let reason) = request.action { row.reason = reason }
        writes.settlements.append(row, entries: entries)

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
        return .settled(settled(held.id, state, charged: charged, returned: returned, late: earlier != nil, entries: entries))
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

    /// Whether every balance that a call claims is in the book; nothing may be admitted past a limit for want of one.
    private func isCovered(_ priced: Preparation.PricedCall) -> Bool {
        zip(priced.claims, priced.identities).allSatisfy { claim, identity in claim.envelope.limit == nil || book.slot(of: identity.id) != nil }
    }

    private func requests(_ priced: Preparation.PricedCall) -> [Admission.Request] {
        zip(priced.claims, priced.identities).map { claim, identity in
            Admission.Request(claim: claim, identity: identity, slot: claim.envelope.limit == nil ? nil : book.slot(of: identity.id))
        }
    }

    private func hold(of held: HeldReservation) -> Hold {
        let shares = zip(held.balances, held.shares).map { balance, amount in
            Hold.Share(balance: balance, meter: identities[balance]?.meter ?? .cost, amount: amount)
        }
        return Hold(id: held.id, openedAt: held.openedAt, amounts: held.amounts, shares: shares)
    }

    /// The limits of the envelopes as they are now; a balance whose envelope is gone, or cuts otherwise, keeps its own.
    private func limits(of held: HeldReservation) -> [Int64] {
        held.balances.map { id in
            let stored = book.slot(of: id).map { book.balances[$0].limit } ?? 0
            guard let identity = identities[id], let envelope = state.policy.envelope(named: identity.envelope),
                envelope.rule == identity.rule
            else { return stored }
            return envelope.limit ?? stored
        }
    }

    /// A key that is bound to tags sees only the holds that carry them.
    private func isVisible(_ held: HeldReservation, to key: APIKey?) -> Bool {
        guard let bound = key?.boundTags, !bound.isEmpty else { return true }
        guard let tags = try? TagsJSON.decode(held.tags) else { return false }
        return tags.contains(bound)
    }

    private func views(_ entries: [Entry]) -> [BalanceView] {
        entries.compactMap { entry in identities[entry.balance].map { BalanceView(identity: $0, entry: entry) } }
    }

    private func settled(
        _ id: Identifier, _ state: Ending.State, charged: Amounts, returned: Amounts, late: Bool, entries: [Entry]
    ) -> SettledHold {
        let meters = entries.map { identities[$0.balance]?.meter ?? .cost }
        return SettledHold(
            id: id, state: state, charged: charged, returned: returned,
            overrun: Settlement.overrun(entries, meters: meters, charge: charged), late: late, balances: views(entries)
        )
    }
}
