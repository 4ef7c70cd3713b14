internal import Ledger
public import LedgerStore
public import Logging
internal import NIOCore
public import ServiceLifecycle
internal import Synchronization

/// Gives events to the queues of webhooks and sends what is due: at once when the feed of this replica moved, and each
/// second what time, another replica or a crash has left.
///
/// Replicas may all run it. A message is put into its queue once, and a queue is served by one of them at a time.
public final class DeliverySender: Service {
    /// How many endpoints are sent to at once.
    public static let concurrency = 256
    /// How long `deliverDue` waits for endpoints that are slow.
    private static let patience = Duration.seconds(60)

    private struct State {
        var serving: Set<Identifier> = []
        /// Those of them that were found due meanwhile.
        var again: Set<Identifier> = []
        var isStopping = false
        /// Whose events were the last that were given to queues.
        var lastFilled: Identifier?
    }

    let store: Store
    private let filling: QueueFilling
    private let serving: QueueServing
    let resolver: AddressResolver
    let allowsPrivate: Bool
    private let interval: Duration
    private let logger: Logger
    private let state = Mutex(State())
    private let wakes: AsyncStream<Void>
    private let wakeUp: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - allowsPrivate: endpoints may be plain http and on private networks.
    ///   - publicURL: what links in messages begin with, without a slash at the end; nil: they are paths.
    ///   - interval: between two looks without a signal.
    public init(store: Store, allowsPrivate: Bool, publicURL: String? = nil, interval: Duration = .seconds(1), logger: Logger) {
        self.store = store
        self.allowsPrivate = allowsPrivate
        self.interval = interval
        self.logger = logger
        resolver = AddressResolver(allowsPrivate: allowsPrivate)
        filling = QueueFilling(store: store, publicURL: publicURL, logger: logger)
        serving = QueueServing(store: store, resolver: resolver, allowsPrivate: allowsPrivate, logger: logger)
        (wakes, wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    public func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { tasks in
                tasks.addTask { await self.remind() }
                tasks.addTask { await self.follow() }
                for await _ in wakes {
                    if isStopping { break }
                    await pass { webhook, organisation in tasks.addTask { await self.serve(webhook, of: organisation) } }
                }
                // Requests under way end by themselves, within their time-out.
            }
        } onGracefulShutdown: {
            self.state.withLock { $0.isStopping = true }
            self.wakeUp.finish()
        }
        await resolver.shutDown()
    }

    // MARK: - What others ask for

    /// Looks at once, without waiting for what comes of it.
    public func wake() { wakeUp.yield() }

    /// Gives events of the feeds to the queues of those who are to hear of them: of each organisation a bounded number, so
    /// that many events of one delay nobody else's. The next looks go on with what is left.
    public func enqueueDue() async throws {
        let round = try await filling.round(after: state.withLock { $0.lastFilled })
        state.withLock { $0.lastFilled = round.last }
        if round.isMore { wakeUp.yield() }
    }

    /// Sends everything that is due now, and returns when it was sent, or failed and waits for another time; after a minute
    /// in any case, and the requests under way then.
    public func deliverDue() async throws {
        let end = ContinuousClock.now + Self.patience
        while !isStopping, ContinuousClock.now < end, try await store.deliveryQueue.isAnyDue() {
            let due = try await store.deliveryQueue.due(limit: Self.concurrency)
            let mine = due.filter { begin($0.webhook) }
            // They are being served just now.
            if mine.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
            await withDiscardingTaskGroup { tasks in
                for queue in mine { tasks.addTask { await self.serve(queue.webhook, of: queue.organisation, until: end) } }
            }
        }
    }

    /// All of it, as it stands now: numbers events, gives them to the queues, and sends what is due, also what the sending
    /// itself set off.
    public func runDue() async throws {
        try await store.feed.publish()
        try await filling.fill()
        try await deliverDue()
        guard try await store.feed.publish() > 0 else { return }
        try await filling.fill()
        try await deliverDue()
    }

    // MARK: - The loop

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    private func remind() async {
        while !isStopping, !Task.isCancelled {
            wakeUp.yield()
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: self.interval) }
        }
    }

    private func follow() async {
        await cancelWhenGracefulShutdown {
            for await _ in self.store.feed.moved.raised { self.wakeUp.yield() }
        }
    }

    private func pass(_ start: (_ webhook: Identifier, _ organisation: Identifier) -> Void) async {
        do {
            try await enqueueDue()
        } catch {
            logger.warning("events could not be given to webhooks; the next look tries again", metadata: ["error": "\(error)"])
        }
        do {
            let free = Self.concurrency - state.withLock { $0.serving.count }
            guard free > 0 else { return }
            for queue in try await store.deliveryQueue.due(limit: free) where begin(queue.webhook) { start(queue.webhook, queue.organisation) }
        } catch {
            logger.warning("the queues of webhooks could not be read; the next look tries again", metadata: ["error": "\(error)"])
        }
    }

    /// False if this replica serves the queue already.
    private func begin(_ webhook: Identifier) -> Bool {
        state.withLock { state in
            if state.serving.insert(webhook).inserted { return true }
            state.again.insert(webhook)
            return false
        }
    }

    /// - Parameter end: when the queue is let go, whatever is in it; nil: after its turn.
    private func serve(_ webhook: Identifier, of organisation: Identifier, until end: ContinuousClock.Instant? = nil) async {
        do {
            try await serving.serve(webhook, of: organisation) { self.isStopping || end.map { $0 <= .now } ?? false }
        } catch {
            logger.warning("a webhook's queue was left; it is taken up again", metadata: ["webhook": "\(webhook)", "error": "\(error)"])
        }
        let mayBeMore = state.withLock { state in
            let wasFull = state.serving.count >= Self.concurrency
            state.serving.remove(webhook)
            return state.again.remove(webhook) != nil || wasFull
        }
        if mayBeMore { wakeUp.yield() }
    }
}
