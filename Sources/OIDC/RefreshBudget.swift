/// Bounds how often the issuer is asked for its keys: tokens that name keys nobody knows must not become requests to it.
struct RefreshBudget: Sendable {
    /// So many at once.
    static let burst = 5
    /// One more after so long.
    static let interval = Duration.seconds(10)

    private var left = RefreshBudget.burst
    private var since: ContinuousClock.Instant?

    /// Whether one more request may be made, which counts then.
    mutating func take(at now: ContinuousClock.Instant) -> Bool {
        let start = since ?? now
        let gained = Int((now - start) / Self.interval)
        if gained > 0 || since == nil {
            left = min(Self.burst, left + gained)
            since = left == Self.burst ? now : start + Self.interval * gained
        }
        guard left > 0 else { return false }
        left -= 1
        return true
    }
}
