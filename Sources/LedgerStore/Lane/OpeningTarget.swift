internal import Ledger

/// One window of an envelope with rollover that is to be open, and the way there from the last one that was.
struct OpeningTarget {
    /// The last window that was opened for a key.
    struct Chain {
        let balance: Identifier
        let windowEnd: Timestamp
    }

    /// The windows that may be there already, oldest first; the target is the last.
    struct Route {
        let chain: Chain?
        let windows: [BalanceIdentity]

        /// The latest balance before the target, and when its window ended.
        func base(_ existing: [Identifier: Balance]) -> (balance: Balance, end: Timestamp)? {
            for identity in windows.dropLast().reversed() {
                if let balance = existing[identity.id], let end = identity.window.end { return (balance, end) }
            }
            // A chain that is ahead of the target, whatever set a clock back, leaves it nothing to carry.
            guard let chain, let start = windows.last?.window.start, chain.windowEnd <= start else { return nil }
            return existing[chain.balance].map { ($0, chain.windowEnd) }
        }
    }

    let claim: Claim
    let identity: BalanceIdentity
    /// The same for all windows of one key.
    let chain: Identifier

    init(_ claim: Claim, organisation: Identifier) {
        self.claim = claim
        identity = BalanceIdentity(claim, organisation: organisation)
        chain = BalanceIdentity(Claim(envelope: claim.envelope, values: claim.values, window: .forever, amount: 0), organisation: organisation).id
    }

    func route(from chain: Chain?, organisation: Identifier) -> Route {
        let rule = claim.envelope.windowRule
        // Without a chain the envelope may have had balances before it had rollover.
        let before = claim.window.start.map { rule.window(containing: Timestamp(microseconds: $0.microseconds - 1)) }
        let start = chain?.windowEnd ?? before?.start
        let windows = start.map { CreditChain.windows(from: $0, to: claim.window, of: rule) } ?? [claim.window]
        return Route(
            chain: chain,
            windows: windows.map {
                BalanceIdentity(Claim(envelope: claim.envelope, values: claim.values, window: $0, amount: 0), organisation: organisation)
            })
    }
}

extension BalanceIdentity {
    /// The identity of a claim's balance, with its id.
    convenience init(_ claim: Claim, organisation: Identifier) {
        self.init(id: Digest.identifier(Self.canonicalBytes(organisation: organisation, claim: claim)), claim: claim)
    }
}
