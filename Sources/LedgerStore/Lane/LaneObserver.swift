/// Hears what the write lanes do, and what jobs stop beside them: for metrics and traces. Calls must return at once, since calls
/// wait behind them.
public protocol LaneObserver: Sendable {
    /// Asked in the caller's task before an operation waits; nil: it need not be followed on its way.
    func follow(_ operation: Operation) -> (any LaneFollower)?

    /// Told on the lane's thread of each batch that is on disk, before its callers are answered: who was answered finds
    /// it counted.
    func ended(_ batch: BatchReport)

    /// Told of each breaker that a job has tripped, once that is on disk.
    func tripped(_ rule: String, of organisation: Organisation)
}
