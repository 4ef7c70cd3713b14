/// One way to make a call, priced and matched, before its balances are looked at.
public struct PricedOffer: Sendable {
    public let call: Call
    /// One for each envelope that matches; `identities` and `scopes` go with it.
    public let claims: [Claim]
    public let identities: [BalanceIdentity]
    /// What an approval of each envelope would be for; nil where its plan asks for none.
    public let scopes: [Identifier?]
    public let forbidding: [AccessRule]

    init(call: Call, claims: [Claim], identities: [BalanceIdentity], scopes: [Identifier?], forbidding: [AccessRule]) {
        self.call = call
        self.claims = claims
        self.identities = identities
        self.scopes = scopes
        self.forbidding = forbidding
    }

    /// The offer, with the place of each balance in a book.
    public func offer(in book: Book) -> Offer {
        let requests = claims.indices.map { index in
            let claim = claims[index]
            let identity = identities[index]
            return Admission.Request(
                claim: claim, identity: identity, slot: claim.envelope.limit == nil ? nil : book.slot(of: identity.id), scope: scopes[index],
                grant: scopes[index].flatMap { book.slot(of: $0) })
        }
        return Offer(call: call, requests: requests, forbidding: forbidding)
    }

    /// The identity of the same balance, if this offer claims it.
    func identity(for claim: Claim) -> BalanceIdentity? {
        for (own, identity) in zip(claims, identities) where own.envelope === claim.envelope && own.values == claim.values { return identity }
        return nil
    }
}
