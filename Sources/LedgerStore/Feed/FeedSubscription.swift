/// A place among those who wait for entries of a feed, given back when nobody holds it any more. Waiting needs no
/// connection.
public final class FeedSubscription: Sendable {
    private let waiter: FeedWaiter
    private let subscriptions: FeedSubscriptions

    init(_ waiter: FeedWaiter, in subscriptions: FeedSubscriptions) {
        self.waiter = waiter
        self.subscriptions = subscriptions
    }

    deinit { subscriptions.remove(waiter) }

    /// An element each time that something may have happened, for one reader; it ends with the subscription.
    public var wakes: AsyncStream<Void> { waiter.wakes }

    /// The last position of the feed that is known of.
    public var last: Int64 { waiter.last }

    /// False once it was ended.
    public var isOpen: Bool { waiter.isOpen }

    /// Wakes the reader at this time, once; another time replaces it.
    public func wake(at time: ContinuousClock.Instant) { waiter.wake(at: time) }

    /// Ends `wakes`.
    public func end() { waiter.end() }
}
