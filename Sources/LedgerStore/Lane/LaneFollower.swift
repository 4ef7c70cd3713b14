/// Follows one operation through its lane.
public protocol LaneFollower: Sendable {
    /// A round trip to the database of a batch with this operation.
    func made(_ trip: RoundTrip)

    /// The operation ended; nil: with an error, and nobody knows its outcome.
    func ended(_ outcome: Outcome?)
}
