/// Tells the publisher of this replica that an event was written. Raising it again before it was heard changes nothing;
/// what is missed is found by looking each second.
public struct FeedSignal: Sendable {
    /// For the one service that publishes.
    public let raised: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (raised, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// To be called after the transaction of the event.
    public func raise() { continuation.yield() }
}
