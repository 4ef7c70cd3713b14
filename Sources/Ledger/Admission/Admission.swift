/// The rule that lets a call pass, has a cheaper model called, or refuses it: all of its envelopes agree, or nothing is
/// held.
public enum Admission {
    /// One claim with the balance that it is made on; `slot` is nil where the envelope has only a `per_call` rule.
    public struct Request: Sendable {
        public let claim: Claim
        public let identity: BalanceIdentity
        public let slot: Int?
        /// What an approval of this envelope would be for; nil where its plan asks for none.
        public let scope: Identifier?
        /// Where the balance of the scope's grants is kept; nil where nothing was granted.
        public let grant: Int?

        public init(claim: Claim, identity: BalanceIdentity, slot: Int?, scope: Identifier? = nil, grant: Int? = nil) {
            self.claim = claim
            self.identity = identity
            self.slot = slot
            self.scope = scope
            self.grant = grant
        }
    }

    /// What a decision rests on beside the balances.
    public struct Terms: Sendable {
        public let policy: Policy
        public let guards: Guards
        /// The id of the API key that the call came with.
        public let key: String

        public init(policy: Policy, guards: Guards = Guards(), key: String = "") {
            self.policy = policy
            self.guards = guards
            self.key = key
        }
    }

    /// A hold that was booked.
    public struct Admitted: Sendable {
        /// Which of the offers was taken.
        public let offer: Offer
        /// One for each balance, in the order of the requests; that of a grant where the call is drawn from one.
        public let entries: [Entry]
        public let events: [Event]
        /// Why another model was taken than the one asked for; nil: it was not.
        public let reason: String?
        /// The envelopes that had another model taken.
        public let downgradedBy: [String]
        public let shadows: [Shadow]
    }

    public enum Decision: Sendable {
        case admitted(Admitted)
        /// Nothing is booked. The offer is the one that was looked at last.
        case refused(Objections, Offer)
    }

    /// Decides one call and books its hold.
    ///
    /// A call that fills an envelope exactly is admitted; one nano-unit more is refused.
    ///
    /// - Parameters:
    ///   - offers: the call as it was asked for, then the models that its envelopes' downgrades can lead to.
    ///   - fact: the id of the hold.
    public static func decide(_ offers: [Offer], terms: Terms, book: inout Book, fact: Identifier, at now: Timestamp) -> Decision {
        var route = RouteChoice(offers, routes: terms.policy.routes)
        while true {
            let review = Review(route.offer, terms: terms, book: book)
            guard review.objections.rules.isEmpty else { return .refused(review.objections, route.offer) }
            // As a switched route does, but a route without a model of the tier stops nothing: the call goes on as it is.
            if let trial = terms.guards.routeTrials.trial(of: route.offer.call.tags), route.leads(to: trial.tier),
                route.take(trial.tier, because: trial.cause)
            {
                continue
            }
            // A route that is switched already binds before anything is weighed at the dearer model's price.
            if let standing = review.standing, route.leads(to: standing.tier) {
                guard route.take(standing.tier, because: "'\(standing.envelope)' is downgraded to \(standing.tier)") else {
                    return .refused(review.unreachable(standing.tier), route.offer)
                }
                route.noteAsked(by: [standing.envelope])
                continue
            }
            guard review.objections.kind == nil else { return .refused(review.objections, route.offer) }
            guard let asked = review.lowestTier(terms.policy.routes), route.leads(to: asked.tier) else {
                return .admitted(accept(route, review, book: &book, fact: fact, at: now))
            }
            route.note(review.downgrades)
            guard route.take(asked.tier, because: asked.reason) else { return .refused(review.unreachable(asked.tier), route.offer) }
            route.noteAsked(by: review.downgrades.filter { $0.tier == asked.tier }.map(\.request.claim.envelope.name))
        }
    }

    private static func accept(_ route: RouteChoice, _ review: Review, book: inout Book, fact: Identifier, at now: Timestamp) -> Admitted {
        var events: [Event] = review.callAlerts
        var entries: [Entry] = []
        entries.reserveCapacity(route.offer.requests.count)
        for (index, request) in route.offer.requests.enumerated() {
            let envelope = request.claim.envelope
            if let grant = review.draws[index] {
                let limit = book.balances[grant].limit
                if let entry = book.book(slot: grant, held: request.claim.amount, spent: 0, limit: limit, fact: fact, at: now) {
                    entries.append(entry)
                }
                continue
            }
            guard let slot = request.slot, let limit = envelope.limit(adjusted: book.balances[slot].marks.adjusted) else { continue }
            let limitBefore = book.balances[slot].limit
            // The review bounds every sum, and one call claims a balance once.
            guard let entry = book.book(slot: slot, held: request.claim.amount, spent: 0, limit: limit, fact: fact, at: now) else { continue }
            entries.append(entry)
            PlanWatch.look(
                at: slot, entry, limitBefore: limitBefore, of: envelope, request.identity, book: &book, at: now, into: &events)
        }
        events += route.switchBalances(book: &book)
        return Admitted(
            offer: route.offer, entries: entries, events: events, reason: route.reason, downgradedBy: route.askedBy, shadows: review.shadows)
    }
}
