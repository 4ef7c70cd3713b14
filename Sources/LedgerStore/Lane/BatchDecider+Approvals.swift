internal import Ledger

/// What becomes of questions to people.
extension BatchDecider {
    mutating func decide(_ request: DecideRequest) throws(Refusal) -> Outcome {
        let (question, decision) = (request.question, request.decision)
        if let decided = decisions[question.id] {
            if case .expire = decision.verdict { return .nothing }
            throw .alreadyDecided(decided)
        }
        do throws(ApprovalDecision.Objection) {
            try decision.check(on: question, after: granted[question.id] ?? .init(), at: now)
        } catch {
            throw .decision(error)
        }
        switch decision.verdict {
        case .approve(let amount, let until): try grant(amount, until: until, request)
        case .reject: tell(.approvalRejected, request)
        case .expire: tell(.approvalExpired, request)
        }
        // What a later call of this batch meets.
        if case .reject = decision.verdict { book.gates[question.scope] = .rejected(question.id) } else { book.gates[question.scope] = nil }
        decisions[question.id] = DecidedApproval(state: decision.verdict.state, author: decision.author, at: now)
        writes.decisions.append(request)
        writes.order.noteDecided()
        return .decided
    }

    private mutating func grant(_ amount: Int64, until: Timestamp, _ request: DecideRequest) throws(Refusal) {
        guard let identity = request.grant, let slot = book.slot(of: identity.id) else { return }
        let id = nextID()
        let grant = Adjustment(
            kind: .grant, amount: amount, expiresAt: until, source: request.question.id, reason: request.decision.reason,
            author: request.decision.author)
        guard let entry = grant.book(slot: slot, envelope: nil, identity: identity, book: &book, fact: id, at: now)?.entries.first else {
            throw .decision(.amountTooLarge)
        }
        writes.adjustments.append(grant, id: id, entry: entry)
        writes.order.noteAdjusted()
        tell(.approvalApproved, request, identity)
    }

    private mutating func tell(_ kind: Event.Kind, _ request: DecideRequest, _ grant: BalanceIdentity? = nil) {
        let identity = grant ?? request.question.gated
        let balance = grant.flatMap { book.slot(of: $0.id) }.map { book.balances[$0] }
        let envelope = state.policy.envelope(named: request.question.envelope)
        var event = Event(
            kind, envelope: identity.envelope, owner: envelope?.owner, playbook: envelope?.playbook, identity: identity,
            limit: balance?.limit ?? 0, held: balance?.held ?? 0, spent: balance?.spent ?? 0,
            reason: "\(request.decision.author): \(request.decision.reason)")
        event.related = request.question.id
        event.tags = request.question.tags
        event.question = (request.question.requested, request.question.expiresAt)
        event.hasStanding = balance != nil
        writes.append(event, id: nextID())
    }
}
