internal import Ledger

/// An operation that waits for its batch, and who waits for it.
struct Ticket: Sendable {
    let operation: Operation
    let organisation: Identifier
    let preparation: Preparation
    /// When the one who waits gives up.
    let deadline: ContinuousClock.Instant
    let queuedAt: ContinuousClock.Instant
    let follower: (any LaneFollower)?
    let continuation: CheckedContinuation<Outcome, any Error>
}
