public import Ledger
internal import Synchronization

/// One who waits for entries of a feed. It is woken when the feed moved and at a time of its choice, and holds no
/// connection meanwhile.
public final class FeedSubscription: Sendable {
    private struct State {
        var last: Int64 = 0
        var alarm: ContinuousClock.Instant?
    }

    public let organisation: Identifier
    /// An element each time that something may have happened; for one reader.
    public let wakes: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let state = Mutex(State())

    init(organisation: Identifier) {
        self.organisation = organisation
        (wakes, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The last position of the feed that is known of.
    public var last: Int64 { state.withLock { $0.last } }

    /// Wakes the reader at this time, once.
    public func wake(at time: ContinuousClock.Instant) { state.withLock { $0.alarm = time } }

    func moved(to last: Int64) {
        let isNews = state.withLock { state in
            defer { state.last = max(state.last, last) }
            return last > state.last
        }
        if isNews { continuation.yield() }
    }

    func ring(at now: ContinuousClock.Instant) {
        let isDue = state.withLock { state in
            guard let alarm = state.alarm, alarm <= now else { return false }
            state.alarm = nil
            return true
        }
        if isDue { continuation.yield() }
    }

    func end() { continuation.finish() }
}
