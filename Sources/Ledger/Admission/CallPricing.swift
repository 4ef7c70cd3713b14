/// Prices calls and finds their balances, by one policy and price catalogue at one moment.
public struct CallPricing: Sendable {
    /// Why a call cannot be priced or matched.
    public enum Fault: Error, Sendable {
        /// Tags that the policy asks for are missing, or have values that it does not allow.
        case tags([TagFault])
        case unknownModel(String)
        /// The price of so many tokens is more than an amount can hold.
        case amountTooLarge
    }

    public let policy: Policy
    public let prices: PriceBook
    public let organisation: Identifier
    /// Those of the policy around `now`.
    public var windows: WindowSet
    public var now: Timestamp
    /// Which lead to further models.
    public var routeTrials: RouteTrials
    /// Makes the id of canonical bytes.
    let hash: @Sendable ([UInt8]) -> Identifier

    public init(
        policy: Policy, prices: PriceBook, organisation: Identifier, windows: WindowSet, now: Timestamp, routeTrials: RouteTrials = .none,
        hash: @escaping @Sendable ([UInt8]) -> Identifier
    ) {
        self.policy = policy
        self.prices = prices
        self.organisation = organisation
        self.windows = windows
        self.now = now
        self.routeTrials = routeTrials
        self.hash = hash
    }

    /// The call as it was asked for, then every model that a downgrade of its envelopes, or a trial, can lead to.
    ///
    /// - Parameter stated: a cost that the caller states; it wins over the catalogue.
    public func offers(tags: Tags, model: String?, tool: String?, usage: TokenUsage?, stated: Money?) throws(Fault) -> [PricedOffer] {
        let faults = policy.tagRules.faults(in: tags, at: now)
        guard faults.isEmpty else { throw .tags(faults) }
        var offers = [
            try offer(tags: tags, model: model, tool: tool, usage: usage, toolCalls: nil, stated: stated, isAsked: true)
        ]
        var index = 0
        while index < offers.count {
            for model in targets(of: offers[index]) where !offers.contains(where: { $0.call.model == model }) {
                // A model that cannot be priced cannot stand in; the route then has none of that tier. Where nothing but a
                // cost was stated, no other model's price can replace it.
                let next = try? offer(
                    tags: tags, model: model, tool: nil, usage: usage, toolCalls: nil, stated: usage == nil ? stated : nil, sharing: offers)
                if let next { offers.append(next) }
            }
            index += 1
        }
        return offers
    }

    /// One way to make a call.
    ///
    /// - Parameters:
    ///   - stated: a cost that the caller states; it wins over the catalogue.
    ///   - isSpent: the money is spent already, so it is booked whatever tags are missing.
    ///   - isAsked: it is the call as it was asked for.
    ///   - earlier: offers whose balances this one may share, so that no id is hashed twice.
    public func offer(
        tags: Tags, model: String?, tool: String?, usage: TokenUsage?, toolCalls: Int64?, stated: Money?, isSpent: Bool = false,
        isAsked: Bool = false, sharing earlier: [PricedOffer] = []
    ) throws(Fault) -> PricedOffer {
        let cost = try cost(model: model, usage: usage, stated: stated)
        let amounts = Amounts(
            cost: cost.nanos, tokens: model == nil ? 0 : usage?.total ?? 0, modelCalls: model == nil ? 0 : 1,
            toolCalls: model == nil ? toolCalls ?? 1 : 0)
        return try offer(tags: tags, model: model, tool: tool, amounts: amounts, isSpent: isSpent, isAsked: isAsked, sharing: earlier)
    }

    /// One way to make a call of which is known what it takes.
    public func offer(
        tags: Tags, model: String?, tool: String?, amounts: Amounts, isSpent: Bool = false, isAsked: Bool = false,
        sharing earlier: [PricedOffer] = []
    ) throws(Fault) -> PricedOffer {
        let routes = policy.routes
        let tier = model.flatMap { routes.tier(ofModel: $0) } ?? tool.flatMap { routes.tier(ofTool: $0) }
        let call = Call(tags: tags, model: model, tool: tool, tier: tier, amounts: amounts)
        let claims: [Claim]
        do throws(TagsMissing) {
            claims = try policy.claims(of: call, in: windows, at: now, isSpent: isSpent, isAsked: isAsked)
        } catch {
            throw .tags(error.names.map { .missing(anyOf: [$0]) })
        }
        let identities = claims.map { claim in earlier.lazy.compactMap { $0.identity(for: claim) }.first ?? identity(of: claim) }
        let scopes = zip(claims, identities).map { claim, identity in
            claim.envelope.plan.asksForApproval && claim.envelope.mode == .enforce ? scope(of: identity, tags: tags) : nil
        }
        return PricedOffer(call: call, claims: claims, identities: identities, scopes: scopes, forbidding: policy.rulesAgainst(call))
    }

    /// What the balance of a claim is the balance of.
    public func identity(of claim: Claim) -> BalanceIdentity {
        BalanceIdentity(id: hash(BalanceIdentity.canonicalBytes(organisation: organisation, claim: claim)), claim: claim)
    }

    // MARK: - Parts

    /// The models that a trial, and the downgrades of an offer's envelopes, name.
    private func targets(of offer: PricedOffer) -> [String] {
        guard let model = offer.call.model else { return [] }
        var targets: [String] = []
        if let trial = routeTrials.trial(of: offer.call.tags), let target = policy.routes.target(from: model, to: trial.tier), target != model {
            targets.append(target)
        }
        for claim in offer.claims where claim.envelope.mode == .enforce && !claim.envelope.plan.downgradeTiers.isEmpty {
            for tier in claim.envelope.plan.downgradeTiers {
                if let target = policy.routes.target(from: model, to: tier), target != model { targets.append(target) }
            }
        }
        return targets
    }

    /// An approval is for a run; without one for an agent, else for the balance's key alone.
    private func scope(of identity: BalanceIdentity, tags: Tags) -> Identifier {
        var bytes = CanonicalBytes()
        bytes.append(identity.id)
        bytes.append(tags["run_id"])
        bytes.append(tags["run_id"] == nil ? tags["agent_id"] : nil)
        return hash(bytes.bytes)
    }

    /// A stated cost wins; else the tokens at the price that is in force; a tool call without either costs nothing.
    private func cost(model: String?, usage: TokenUsage?, stated: Money?) throws(Fault) -> Money {
        if let stated { return stated }
        guard let model else { return .zero }
        guard let price = policy.price(of: model, in: prices, at: now) else { throw .unknownModel(model) }
        guard let cost = price.cost(of: usage ?? TokenUsage()) else { throw .amountTooLarge }
        return cost
    }
}

extension CallPricing.Fault {
    /// The name of the problem that the caller is answered with.
    public var problem: String {
        switch self {
        case .tags(let faults): faults.contains { if case .missing = $0 { true } else { false } } ? "tags-missing" : "tag-value"
        case .unknownModel: "unknown-model"
        case .amountTooLarge: "invalid-request"
        }
    }
}
