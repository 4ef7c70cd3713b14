internal import Ledger

/// Prices calls and finds their balances, by one state of an organisation at one moment.
struct Pricing {
    let state: OrganisationState
    let windows: WindowSet
    let now: Timestamp

    /// The call as it was asked for, then every model that a downgrade of its envelopes can lead to.
    func offers(for request: ReserveRequest) throws(Refusal) -> [Preparation.PricedOffer] {
        let tags = try complete(request.tags, key: request.key)
        let faults = state.policy.tagRules.faults(in: tags, at: now)
        guard faults.isEmpty else { throw .tags(faults) }
        var offers = [
            try offer(
                tags: tags, model: request.model, tool: request.tool, usage: request.usage, toolCalls: nil, stated: request.statedCost,
                sharing: [])
        ]
        var index = 0
        while index < offers.count {
            for model in targets(of: offers[index]) where !offers.contains(where: { $0.call.model == model }) {
                // A model that cannot be priced cannot stand in; the route then has none of that tier.
                let next = try? offer(
                    tags: tags, model: model, tool: nil, usage: request.usage, toolCalls: nil, stated: nil,
                    fallback: request.usage == nil ? request.statedCost : nil, sharing: offers)
                if let next { offers.append(next) }
            }
            index += 1
        }
        return offers
    }

    func charge(_ request: ChargeRequest) throws(Refusal) -> Preparation.PricedOffer {
        try offer(
            tags: try complete(request.tags, key: request.key), model: request.model, tool: request.tool, usage: request.report.usage,
            toolCalls: request.report.toolCalls, stated: request.report.statedCost, isSpent: true, sharing: [])
    }

    func adjustment(_ request: AdjustRequest) throws(Refusal) -> Preparation.Work {
        guard let envelope = state.policy.envelope(named: request.envelope), envelope.limit != nil else { throw .notFound }
        var values: [String] = []
        for name in envelope.per {
            guard let value = request.balanceKey[name] else { throw .balanceKey(envelope.per) }
            values.append(value)
        }
        guard request.balanceKey.entries.count == values.count else { throw .balanceKey(envelope.per) }
        let claim = Claim(envelope: envelope, values: values, window: envelope.windowRule.window(containing: now), amount: 0)
        return .adjustment(claim: claim, identity: identity(of: claim))
    }

    // MARK: - Parts

    private func complete(_ tags: Tags, key: APIKey) throws(Refusal) -> Tags {
        guard let completed = key.complete(tags) else { throw .tagBound(name: key.contradiction(in: tags) ?? "") }
        return completed
    }

    /// The models that the downgrades of an offer's envelopes name.
    private func targets(of offer: Preparation.PricedOffer) -> [String] {
        guard let model = offer.call.model else { return [] }
        var targets: [String] = []
        for claim in offer.claims where claim.envelope.mode == .enforce && !claim.envelope.plan.downgradeTiers.isEmpty {
            for tier in claim.envelope.plan.downgradeTiers {
                if let target = state.policy.routes.target(from: model, to: tier), target != model { targets.append(target) }
            }
        }
        return targets
    }

    /// - Parameters:
    ///   - stated: a cost that the caller states; it wins.
    ///   - fallback: the cost where nothing but a cost was stated, which no other model's price can replace.
    ///   - earlier: offers whose balances this one may share, so that no id is hashed twice.
    private func offer(
        tags: Tags, model: String?, tool: String?, usage: TokenUsage?, toolCalls: Int64?, stated: Money?, fallback: Money? = nil,
        isSpent: Bool = false, sharing earlier: [Preparation.PricedOffer]
    ) throws(Refusal) -> Preparation.PricedOffer {
        let cost = try cost(model: model, usage: usage, stated: stated ?? fallback)
        let amounts = Amounts(
            cost: cost.nanos, tokens: model == nil ? 0 : usage?.total ?? 0, modelCalls: model == nil ? 0 : 1,
            toolCalls: model == nil ? toolCalls ?? 1 : 0)
        let routes = state.policy.routes
        let tier = model.flatMap { routes.tier(ofModel: $0) } ?? tool.flatMap { routes.tier(ofTool: $0) }
        let call = Call(tags: tags, model: model, tool: tool, tier: tier, amounts: amounts)
        let claims: [Claim]
        do throws(TagsMissing) {
            claims = try state.policy.claims(of: call, in: windows, at: now, isSpent: isSpent)
        } catch {
            throw .tags(error.names.map { .missing(anyOf: [$0]) })
        }
        let identities = claims.map { claim in earlier.lazy.compactMap { $0.identity(for: claim) }.first ?? identity(of: claim) }
        let scopes = zip(claims, identities).map { claim, identity in
            claim.envelope.plan.asksForApproval && claim.envelope.mode == .enforce ? scope(of: identity, tags: tags) : nil
        }
        return Preparation.PricedOffer(
            call: call, claims: claims, identities: identities, scopes: scopes, forbidding: state.policy.rulesAgainst(call))
    }

    private func identity(of claim: Claim) -> BalanceIdentity { BalanceIdentity(claim, organisation: state.organisation.id) }

    /// An approval is for a run; without one for an agent, else for the balance's key alone.
    private func scope(of identity: BalanceIdentity, tags: Tags) -> Identifier {
        var bytes = CanonicalBytes()
        bytes.append(identity.id)
        bytes.append(tags["run_id"])
        bytes.append(tags["run_id"] == nil ? tags["agent_id"] : nil)
        return Digest.identifier(bytes.bytes)
    }

    /// A stated cost wins; else the tokens at the price that is in force; a tool call without either costs nothing.
    private func cost(model: String?, usage: TokenUsage?, stated: Money?) throws(Refusal) -> Money {
        if let stated { return stated }
        guard let model else { return .zero }
        guard let price = state.policy.price(of: model, in: state.prices, at: now) else { throw .unknownModel(model) }
        guard let cost = price.cost(of: usage ?? TokenUsage()) else { throw .amountTooLarge }
        return cost
    }
}

extension Preparation.PricedOffer {
    /// The identity of the same balance, if this offer claims it.
    fileprivate func identity(for claim: Claim) -> BalanceIdentity? {
        for (own, identity) in zip(claims, identities) where own.envelope === claim.envelope && own.values == claim.values { return identity }
        return nil
    }
}
