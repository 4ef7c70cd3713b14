internal import Synchronization

/// One who waits for a connection, answered exactly once: with a connection, by its deadline, or by cancellation.
final class PoolWaiter: Sendable {
    typealias Answer = Result<PooledConnection, PostgresError>

    private enum State {
        case fresh
        case waiting(CheckedContinuation<Answer, Never>)
        /// Answered before the continuation was there.
        case answeredEarly(Answer)
        case answered
    }

    private let state = Mutex(State.fresh)

    /// Suspends until the answer.
    func wait() async -> Answer {
        await withCheckedContinuation { continuation in
            let early: Answer? = state.withLock { state in
                if case .answeredEarly(let answer) = state {
                    state = .answered
                    return answer
                }
                state = .waiting(continuation)
                return nil
            }
            if let early { continuation.resume(returning: early) }
        }
    }

    /// False if somebody was faster.
    func answer(_ answer: Answer) -> Bool {
        let (isFirst, continuation) = state.withLock { state -> (Bool, CheckedContinuation<Answer, Never>?) in
            switch state {
            case .fresh:
                state = .answeredEarly(answer)
                return (true, nil)
            case .waiting(let continuation):
                state = .answered
                return (true, continuation)
            case .answeredEarly, .answered:
                return (false, nil)
            }
        }
        continuation?.resume(returning: answer)
        return isFirst
    }
}
