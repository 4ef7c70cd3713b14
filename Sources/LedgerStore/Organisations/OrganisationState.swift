public import Ledger
internal import Synchronization

/// What an organisation's calls are decided by, as of certain epochs. Immutable; a change makes a new one.
public final class OrganisationState: Sendable {
    public let organisation: Organisation
    public let epochs: Epochs
    public let policy: Policy
    public let prices: PriceBook
    public let keys: KeyRing
    public let guards: Guards
    private let windowCache: Mutex<WindowSet?>

    public init(organisation: Organisation, epochs: Epochs, policy: Policy, prices: PriceBook, keys: KeyRing, guards: Guards = Guards()) {
        self.organisation = organisation
        self.epochs = epochs
        self.policy = policy
        self.prices = prices
        self.keys = keys
        self.guards = guards
        windowCache = Mutex(nil)
    }

    /// The windows of the policy's envelopes around a moment, as long as no price begins.
    public func windows(at time: Timestamp) -> WindowSet {
        windowCache.withLock { cached in
            if let cached, cached.validity.contains(time) { return cached }
            let windows = policy.windows(at: time).limited(to: prices.validity(at: time))
            cached = windows
            return windows
        }
    }
}
