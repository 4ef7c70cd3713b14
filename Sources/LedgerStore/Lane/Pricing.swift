internal import Ledger

/// Prices the requests of callers and finds their balances, by one state of an organisation at one moment.
struct Pricing {
    private let state: OrganisationState
    private let calls: CallPricing

    init(state: OrganisationState, windows: WindowSet, now: Timestamp) {
        self.state = state
        calls = CallPricing(
            policy: state.policy, prices: state.prices, organisation: state.organisation.id, windows: windows, now: now,
            routeTrials: state.guards.routeTrials, hash: { Digest.identifier($0) })
    }

    /// The call as it was asked for, then every model that a downgrade of its envelopes, or a trial, can lead to.
    func offers(for request: ReserveRequest) throws(Refusal) -> [PricedOffer] {
        let tags = try complete(request.tags, key: request.key)
        do throws(CallPricing.Fault) {
            return try calls.offers(tags: tags, model: request.model, tool: request.tool, usage: request.usage, stated: request.statedCost)
        } catch {
            throw Refusal(error)
        }
    }

    func charge(_ request: ChargeRequest) throws(Refusal) -> PricedOffer {
        let tags = try complete(request.tags, key: request.key)
        do throws(CallPricing.Fault) {
            return try calls.offer(
                tags: tags, model: request.model, tool: request.tool, usage: request.report.usage, toolCalls: request.report.toolCalls,
                stated: request.report.statedCost, isSpent: true)
        } catch {
            throw Refusal(error)
        }
    }

    func adjustment(_ request: AdjustRequest) throws(Refusal) -> Preparation.Work {
        guard let envelope = state.policy.envelope(named: request.envelope), envelope.limit != nil else { throw .notFound }
        var values: [String] = []
        for name in envelope.per {
            guard let value = request.balanceKey[name] else { throw .balanceKey(envelope.per) }
            values.append(value)
        }
        guard request.balanceKey.entries.count == values.count else { throw .balanceKey(envelope.per) }
        let claim = Claim(envelope: envelope, values: values, window: envelope.windowRule.window(containing: calls.now), amount: 0)
        return .adjustment(claim: claim, identity: calls.identity(of: claim))
    }

    private func complete(_ tags: Tags, key: APIKey) throws(Refusal) -> Tags {
        guard let completed = key.complete(tags) else { throw .tagBound(name: key.contradiction(in: tags) ?? "") }
        return completed
    }
}

extension Refusal {
    init(_ fault: CallPricing.Fault) {
        switch fault {
        case .tags(let faults): self = .tags(faults)
        case .unknownModel(let model): self = .unknownModel(model)
        case .amountTooLarge: self = .amountTooLarge
        }
    }
}
