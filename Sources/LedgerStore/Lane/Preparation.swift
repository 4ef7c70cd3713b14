public import Ledger

/// What can be worked out about an operation before its batch begins: which balances it claims, at which price.
/// It holds for the state and the windows that it was made from; a batch that finds others makes it anew.
public struct Preparation: Sendable {
    public struct PricedCall: Sendable {
        public let call: Call
        /// One for each envelope that matches; `identities` goes with it.
        public let claims: [Claim]
        public let identities: [BalanceIdentity]
    }

    /// Nil for operations on a hold that is there.
    let pricedCall: Result<PricedCall, Refusal>?
    let state: OrganisationState
    let validity: Window

    /// Prepares an operation as of a moment.
    public init(_ operation: Operation, state: OrganisationState, at now: Timestamp) {
        self.state = state
        let windows = state.windows(at: now)
        validity = windows.validity
        switch operation {
        case .reserve(let request):
            pricedCall = Result { () throws(Refusal) in
                try Self.price(
                    key: request.key, tags: request.tags, model: request.model, tool: request.tool, usage: request.usage,
                    toolCalls: nil, statedCost: request.statedCost, state: state, windows: windows, now: now
                )
            }
        case .charge(let request):
            pricedCall = Result { () throws(Refusal) in
                try Self.price(
                    key: request.key, tags: request.tags, model: request.model, tool: request.tool,
                    usage: request.report.usage, toolCalls: request.report.toolCalls, statedCost: request.report.statedCost,
                    state: state, windows: windows, now: now
                )
            }
        case .settle:
            pricedCall = nil
        }
    }

    /// Whether it still holds in a batch that decides by this state at this time.
    func holds(for state: OrganisationState, at now: Timestamp) -> Bool {
        self.state === state && validity.contains(now)
    }

    private static func price(
        key: APIKey, tags: Tags, model: String?, tool: String?, usage: TokenUsage?, toolCalls: Int64?, statedCost: Money?,
        state: OrganisationState, windows: WindowSet, now: Timestamp
    ) throws(Refusal) -> PricedCall {
        guard let tags = key.complete(tags) else {
            throw .tagBound(name: key.contradiction(in: tags) ?? "")
        }
        let cost = try cost(model: model, usage: usage, stated: statedCost, prices: state.prices, at: now)
        let amounts = Amounts(
            cost: cost.nanos, tokens: model == nil ? 0 : usage?.total ?? 0, modelCalls: model == nil ? 0 : 1,
            toolCalls: model == nil ? toolCalls ?? 1 : 0
        )
        let call = Call(tags: tags, model: model, tool: tool, amounts: amounts)
        do throws(TagsMissing) {
            let claims = try state.policy.claims(of: call, in: windows)
            let identities = claims.map { claim in
                let bytes = BalanceIdentity.canonicalBytes(organisation: state.organisation.id, claim: claim)
                return BalanceIdentity(id: Digest.identifier(bytes), claim: claim)
            }
            return PricedCall(call: call, claims: claims, identities: identities)
        } catch {
            throw .tagsMissing(error.names)
        }
    }

    /// A stated cost wins; else the tokens at the price that is in force; a tool call without either costs nothing.
    static func cost(
        model: String?, usage: TokenUsage?, stated: Money?, prices: PriceBook, at time: Timestamp
    ) throws(Refusal) -> Money {
        if let stated { return stated }
        guard let model else { return .zero }
        guard let price = prices.price(of: model, at: time) else { throw .unknownModel(model) }
        guard let cost = price.cost(of: usage ?? TokenUsage()) else { throw .amountTooLarge }
        return cost
    }
}
