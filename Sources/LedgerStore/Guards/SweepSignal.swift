/// Tells the sweeper of this replica that a suspension was opened. Raising it again before it was heard changes nothing; what
/// is missed is found by the job that looks each second.
public struct SweepSignal: Sendable {
    /// For the one service that sweeps.
    public let raised: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (raised, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// To be called after the transaction that opened the suspension.
    public func raise() { continuation.yield() }
}
