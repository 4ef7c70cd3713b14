public import Ledger
internal import Synchronization

/// Those who wait for entries on this replica: a bounded number.
public final class FeedSubscriptions: Sendable {
    /// How many may wait at once.
    public static let limit = 1_000

    private let subscriptions = Mutex<[ObjectIdentifier: FeedSubscription]>([:])

    init() {}

    public var count: Int { subscriptions.withLock { $0.count } }

    /// Nil where too many wait already. The caller closes it.
    public func open(_ organisation: Identifier) -> FeedSubscription? {
        subscriptions.withLock { subscriptions in
            guard subscriptions.count < Self.limit else { return nil }
            let subscription = FeedSubscription(organisation: organisation)
            subscriptions[ObjectIdentifier(subscription)] = subscription
            return subscription
        }
    }

    public func close(_ subscription: FeedSubscription) {
        _ = subscriptions.withLock { $0.removeValue(forKey: ObjectIdentifier(subscription)) }
        subscription.end()
    }

    /// The organisations somebody waits for.
    var organisations: Set<Identifier> { Set(all.map(\.organisation)) }

    /// Wakes who waits for this feed.
    func moved(_ organisation: Identifier, to last: Int64) {
        for subscription in all where subscription.organisation == organisation { subscription.moved(to: last) }
    }

    /// Wakes those who asked for a time that has come.
    public func ring(at now: ContinuousClock.Instant = .now) {
        for subscription in all { subscription.ring(at: now) }
    }

    private var all: [FeedSubscription] { subscriptions.withLock { Array($0.values) } }
}
