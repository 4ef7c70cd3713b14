/// Which of a call's offers is looked at, and which balances the way there switched. Each step leads to a cheaper
/// tier, so the way ends.
struct RouteChoice {
    private let offers: [Offer]
    private let routes: Routes
    private var index = 0
    private var switched: [Review.Downgrade] = []
    /// Why the way was gone; the first of several reasons.
    private var cause: String?
    /// The envelopes that asked for the steps that were taken.
    private(set) var askedBy: [String] = []

    init(_ offers: [Offer], routes: Routes) {
        self.offers = offers
        self.routes = routes
    }

    var offer: Offer { offers[index] }

    /// Why another model is taken than the one asked for; nil: it is not.
    var reason: String? { cause.map { "\($0): \(offer.call.model ?? "") instead of \(offers[0].call.model ?? "")" } }

    /// Whether a tier asks for another model; a tool call and a model of the tier or below pass.
    func leads(to tier: String) -> Bool {
        guard let model = offer.call.model else { return false }
        return !routes.isAtOrBelow(model, tier)
    }

    /// Goes on to the route's model of a tier; false where there is none.
    mutating func take(_ tier: String, because reason: String) -> Bool {
        guard let model = offer.call.model, let target = routes.target(from: model, to: tier),
            let next = offers.firstIndex(where: { $0.call.model == target })
        else { return false }
        index = next
        if cause == nil { cause = reason }
        return true
    }

    mutating func noteAsked(by envelopes: [String]) {
        for envelope in envelopes where !askedBy.contains(envelope) { askedBy.append(envelope) }
    }

    mutating func note(_ downgrades: [Review.Downgrade]) { switched += downgrades }

    /// Switches the route of every balance that asked for it, and tells of each that was not so before.
    func switchBalances(book: inout Book) -> [Event] {
        var events: [Event] = []
        for downgrade in switched where downgrade.isSticky {
            guard let slot = downgrade.request.slot else { continue }
            let standing = book.balances[slot].marks.routeTier
            guard standing == nil || (routes.rank(downgrade.tier) ?? 0) > (routes.rank(standing) ?? 0) else { continue }
            book.mark(slot: slot) { $0.routeTier = downgrade.tier }
            events.append(
                Event(
                    .routeDowngraded, of: downgrade.request.claim.envelope, downgrade.request.identity, book.balances[slot],
                    tier: downgrade.tier, reason: downgrade.reason))
        }
        return events
    }
}
