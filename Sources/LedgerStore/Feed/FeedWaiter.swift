internal import Ledger
internal import Synchronization

/// What wakes one subscription, by the registry's hand.
final class FeedWaiter: Sendable {
    private struct State {
        var last: Int64 = 0
        var alarm: ContinuousClock.Instant?
        var isOpen = true
    }

    let organisation: Identifier
    let wakes: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let state = Mutex(State())

    init(organisation: Identifier) {
        self.organisation = organisation
        (wakes, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var last: Int64 { state.withLock { $0.last } }
    var isOpen: Bool { state.withLock { $0.isOpen } }

    func wake(at time: ContinuousClock.Instant) { state.withLock { $0.alarm = time } }

    func moved(to last: Int64) {
        let isNews = state.withLock { state in
            let isNews = last > state.last
            state.last = max(state.last, last)
            return isNews
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

    func end() {
        state.withLock { $0.isOpen = false }
        continuation.finish()
    }
}
