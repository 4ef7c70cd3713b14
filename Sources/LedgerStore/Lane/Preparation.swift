public import Ledger

/// What can be worked out about an operation before its batch begins: which balances it claims, at which price.
/// It holds for the state, the windows and the prices that it was made from; a batch that finds others makes it anew.
public struct Preparation: Sendable {
    enum Work: Sendable {
        /// The call as it was asked for, then the models that its envelopes' downgrades can lead to.
        case call([PricedOffer])
        /// A change of one balance's limit.
        case adjustment(claim: Claim, identity: BalanceIdentity)
        /// The end of a question, with the balance that takes what is granted.
        case decision(grant: BalanceIdentity?)
        /// An operation on a hold that is there.
        case none
    }

    let work: Result<Work, Refusal>
    /// The counters of breakers that the call is counted by.
    let counters: [CounterClaim]
    let state: OrganisationState
    let validity: Window

    /// Prepares an operation as of a moment.
    public init(_ operation: Operation, state: OrganisationState, at now: Timestamp) {
        self.state = state
        let windows = state.windows(at: now)
        validity = windows.validity
        let pricing = Pricing(state: state, windows: windows, now: now)
        let work = Result { () throws(Refusal) -> Work in
            switch operation {
            case .reserve(let request): try .call(pricing.offers(for: request))
            case .charge(let request): try .call([pricing.charge(request)])
            case .adjust(let request): try pricing.adjustment(request)
            case .decide(let request): .decision(grant: request.grant)
            case .settle: .none
            }
        }
        self.work = work
        counters = Self.counters(of: operation, work, state: state)
    }

    /// Of a call as it was asked for, whatever model it is downgraded to.
    private static func counters(of operation: Operation, _ work: Result<Work, Refusal>, state: OrganisationState) -> [CounterClaim] {
        guard state.policy.countsCalls, let key = operation.key, case .success(.call(let offers)) = work, let call = offers.first?.call else {
            return []
        }
        return state.policy.counters(of: call, key: key.id, organisation: state.organisation.id) { Digest.identifier($0) }
    }

    /// Whether it still holds in a batch that decides by this state at this time.
    func holds(for state: OrganisationState, at now: Timestamp) -> Bool {
        self.state === state && validity.contains(now)
    }

    /// The balances that the operation may change, with the claims on them.
    func forEachClaim(_ body: (Claim, BalanceIdentity) -> Void) {
        guard case .success(let work) = work else { return }
        switch work {
        case .call(let offers):
            for offer in offers {
                for (claim, identity) in zip(offer.claims, offer.identities) where claim.envelope.limit != nil { body(claim, identity) }
            }
        case .adjustment(let claim, let identity): body(claim, identity)
        case .decision, .none: break
        }
    }

    /// The balance that takes a grant.
    var grant: BalanceIdentity? {
        if case .success(.decision(let grant)) = work { grant } else { nil }
    }

    /// What approvals of the call would be for.
    var scopes: [Identifier] {
        guard case .success(.call(let offers)) = work else { return [] }
        return offers.flatMap { $0.scopes.compactMap { $0 } }
    }
}
