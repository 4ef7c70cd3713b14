/// Hears what the write lanes do: for metrics and traces. Calls must return at once, since calls wait behind them.
public protocol LaneObserver: Sendable {
    /// Asked in the caller's task before an operation waits; nil: it need not be followed on its way.
    func follow(_ operation: Operation) -> (any LaneFollower)?

    /// Told on the lane's thread of each batch that is on disk, before its callers are answered.
    func ended(_ batch: BatchReport)
}
