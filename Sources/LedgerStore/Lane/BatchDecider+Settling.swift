internal import Ledger

/// What becomes of holds that are there.
extension BatchDecider {
    mutating func settle(_ request: SettleRequest) throws(Refusal) -> Outcome {
        guard var held = holds[request.reservation], isVisible(held, to: request.key) else { throw .notFound }
        let hold = hold(of: held)
        if case .extend = request.action, case .open = held.state { try checkGuards(of: held, key: request.key) }
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
            identities[id].map { ($0, self.state.policy.envelope(of: $0)) }
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
        if earlier == nil { countEnd(of: held) }
        if state == .committed { count(report, of: held, charged: charged) }

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

    /// A stream that is kept alive would spend on: it stops where a new call would, of the key that opened it or of the one that
    /// would keep it.
    private func checkGuards(of held: HeldReservation, key: APIKey?) throws(Refusal) {
        var objections = Objections()
        for balance in held.balances {
            guard let identity = identities[balance], let envelope = state.policy.envelope(of: identity), envelope.mode == .enforce else { continue }
            if let freeze = guards.freeze(of: envelope.name) { objections.freezes.append(freeze) }
        }
        if let tags = try? TagsJSON.decode(held.tags) {
            objections.suspensions = guards.suspensions(covering: tags, key: held.key.description)
            if let key, key.id != held.key, let own = guards.suspension(of: Subject(kind: .key, id: key.id.description)) {
                objections.suspensions.append(own)
            }
        }
        if objections.kind != nil { throw .objected(objections) }
    }
}
