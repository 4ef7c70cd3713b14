internal import Ledger
internal import Synchronization

/// Which organisations rest: they had as many alerts measured as one may have in a second.
final class FillingPace: Sendable {
    private static let rest = Duration.seconds(1)

    private let resting = Mutex<[Identifier: ContinuousClock.Instant]>([:])

    /// Has an organisation rest from now on.
    func rest(_ organisation: Identifier) {
        let end = ContinuousClock.now + Self.rest
        resting.withLock { $0[organisation] = end }
    }

    func isResting(_ organisation: Identifier) -> Bool {
        let now = ContinuousClock.now
        return resting.withLock { resting in
            guard let end = resting[organisation] else { return false }
            if end > now { return true }
            resting[organisation] = nil
            return false
        }
    }
}
