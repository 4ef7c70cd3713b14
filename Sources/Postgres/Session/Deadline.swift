/// A point in monotonic time.
struct Deadline: Sendable {
    let instant: ContinuousClock.Instant

    init(after duration: Duration) { instant = .now + duration }

    /// Whether the point is in the past.
    var hasPassed: Bool { instant <= .now }

    /// What is left, zero at least.
    var remaining: Duration { max(.zero, instant - .now) }

    /// What is left for `poll(2)`, rounded up so that it does not return a moment too early, at most `limit`.
    func milliseconds(limit: Int32 = .max) -> Int32 {
        let (seconds, attoseconds) = remaining.components
        guard seconds < Int64(limit) / 1000 else { return limit }
        let rest = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return min(limit, Int32(clamping: seconds * 1000 + rest))
    }
}
