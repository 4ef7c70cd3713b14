/// One use of a session: the time it has, and what was done when the time ran out.
struct Call {
    /// How long the server has to stop after it was asked to.
    static let grace = Duration.seconds(2)

    var deadline: Deadline
    /// Set when the deadline passed. From then on ``deadline`` is the end of the grace.
    var cancelRequest: CancelRequest?

    init(timeout: Duration) { deadline = Deadline(after: timeout) }
}
