import Ledger
import Testing

/// Questions to people, and what they grant.
extension Till {
    static let asker = Identifier(high: 5, low: 1)
    static let approver = ApprovalDecision.Approver(key: Identifier(high: 5, low: 2), userIDs: [], limit: nil)

    /// Sends a call that people are asked for.
    mutating func ask(
        _ call: Call, at now: Timestamp = Timestamp(seconds: 0), sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> [ApprovalQuestion] {
        let objections = try #require(try reserve(call, at: now).decision.objections, sourceLocation: sourceLocation)
        #expect(objections.kind == .approvalRequired, sourceLocation: sourceLocation)
        return try objections.violations.map { violation in
            let scope = try #require(violation.scope, sourceLocation: sourceLocation)
            let identity = violation.identity
            return ApprovalQuestion(
                id: nextFact(), scope: scope, envelope: identity.envelope, balance: identity.id, meter: identity.meter, names: identity.names,
                values: identity.values, window: identity.window, tags: call.tags, key: Self.asker, requested: violation.requested,
                expiresAt: ApprovalQuestion.end(of: identity.window, asked: now))
        }
    }

    /// Books a grant for an hour, or until a moment.
    mutating func grant(_ amount: Int64, for question: ApprovalQuestion, until end: Timestamp? = nil, at now: Timestamp = Timestamp(seconds: 0)) {
        let identity = Grant.identity(of: question)
        identities[identity.id] = identity
        if book.slot(of: identity.id) == nil { book.add(Balance(id: identity.id, limit: 0, changedAt: now)) }
        guard let slot = book.slot(of: identity.id) else { return }
        let given = TillGrant(id: nextFact(), amount: amount, end: end ?? now.adding(seconds: Grant.standardSeconds))
        let adjustment = Adjustment(
            kind: .grant, amount: amount, expiresAt: given.end, source: question.id, reason: "worth it", author: "ann")
        keep(adjustment.book(slot: slot, envelope: nil, identity: identity, book: &book, fact: given.id, at: now))
        grants[identity.id] = ((grants[identity.id] ?? []) + [given]).sorted { $0.end < $1.end }
    }

    mutating func reject(_ question: ApprovalQuestion) { book.gates[question.scope] = .rejected(question.id) }

    /// Takes back what is left of the grants whose time is over.
    mutating func endGrants(at now: Timestamp) {
        for (scope, given) in grants {
            guard let slot = book.slot(of: scope), let identity = identities[scope] else { continue }
            var rest = given[...]
            while let first = rest.first, first.end <= now {
                rest = rest.dropFirst()
                let balance = book.balances[slot]
                let left = Grant.left(of: first.amount, later: rest.reduce(0) { $0 + $1.amount }, balance: balance)
                let expiry = Adjustment.expiry(of: first.id, amount: left, adjusted: balance.marks.adjusted, ended: first.amount)
                keep(expiry.book(slot: slot, envelope: nil, identity: identity, book: &book, fact: nextFact(), at: now))
            }
            grants[scope] = Array(rest)
            book.setExpiry(rest.first?.end, slot: slot)
        }
    }

    func balance(of question: ApprovalQuestion) -> Balance? { book.slot(of: question.scope).map { book.balances[$0] } }
}
