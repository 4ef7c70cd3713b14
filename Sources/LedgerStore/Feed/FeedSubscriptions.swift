public import Ledger
internal import Synchronization

/// Those who wait for entries on this replica: a bounded number.
public final class FeedSubscriptions: Sendable {
    /// How many may wait at once.
    public static let limit = 1_000
    /// How many of one organisation may, so that there is room for others.
    public static let organisationLimit = 400

    private let waiters = Mutex<[ObjectIdentifier: FeedWaiter]>([:])

    init() {}

    public var count: Int { waiters.withLock { $0.count } }

    /// Nil where too many wait already, of the organisation or in all.
    public func open(_ organisation: Identifier) -> FeedSubscription? {
        let waiter = FeedWaiter(organisation: organisation)
        let isOpen = waiters.withLock { waiters in
            guard waiters.count < Self.limit else { return false }
            let same = waiters.values.lazy.filter { $0.organisation == organisation }.count
            guard same < Self.organisationLimit else { return false }
            waiters[ObjectIdentifier(waiter)] = waiter
            return true
        }
        return isOpen ? FeedSubscription(waiter, in: self) : nil
    }

    func remove(_ waiter: FeedWaiter) {
        _ = waiters.withLock { $0.removeValue(forKey: ObjectIdentifier(waiter)) }
        waiter.end()
    }

    /// The organisations somebody waits for.
    var organisations: Set<Identifier> { Set(all.map(\.organisation)) }

    /// Wakes who waits for this feed.
    func moved(_ organisation: Identifier, to last: Int64) {
        for waiter in all where waiter.organisation == organisation { waiter.moved(to: last) }
    }

    /// Wakes those who asked for a time that has come.
    public func ring(at now: ContinuousClock.Instant = .now) {
        for waiter in all { waiter.ring(at: now) }
    }

    private var all: [FeedWaiter] { waiters.withLock { Array($0.values) } }
}
