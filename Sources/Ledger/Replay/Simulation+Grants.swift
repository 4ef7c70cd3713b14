/// What people decided: it is taken as it was recorded, and serves or stops the same runs.
extension Simulation {
    /// Takes in what people had decided when the period began.
    ///
    /// - Parameters:
    ///   - grants: those whose end was not booked by then.
    ///   - rejections: of windows that had not ended by then.
    public mutating func begin(with grants: [RecordedAdjustment], rejections: [RecordedRejection]) {
        for grant in grants {
            guard let end = grant.adjustment.expiresAt else { continue }
            expiring[grant.balance, default: []].append((grant.id, grant.adjustment.amount, end))
        }
        for rejection in rejections { reject(rejection) }
    }

    mutating func reject(_ rejection: RecordedRejection) { book.gates[rejection.scope] = .rejected(rejection.approval) }

    mutating func run(grant recorded: RecordedAdjustment, _ identity: BalanceIdentity) {
        switch recorded.adjustment.kind {
        case .grant:
            if book.slot(of: identity.id) == nil { book.add(Balance(id: identity.id, limit: 0, changedAt: pricing.now)) }
            endGrants(of: identity.id)
            apply(recorded.adjustment, to: identity, nil, fact: recorded.id)
        case .expiry: endGrants(of: identity.id)
        case .adjustment, .carry: break
        }
    }

    /// Takes back what is left of the grants of a scope whose time is over.
    mutating func endGrants(of scope: Identifier) {
        guard let given = expiring[scope]?.sorted(by: { $0.end < $1.end }), let identity = identities[scope], let slot = book.slot(of: scope) else {
            return
        }
        var rest = given[...]
        while let first = rest.first, first.end <= pricing.now {
            rest = rest.dropFirst()
            let balance = book.balances[slot]
            let left = Grant.left(of: first.amount, later: rest.reduce(0) { $0.addingClamped($1.amount) }, balance: balance)
            apply(
                .expiry(of: first.source, amount: left, adjusted: balance.marks.adjusted, ended: first.amount), to: identity, nil, fact: nextFact())
        }
        expiring[scope] = rest.isEmpty ? nil : Array(rest)
        book.setExpiry(rest.first?.end, slot: slot)
    }
}
