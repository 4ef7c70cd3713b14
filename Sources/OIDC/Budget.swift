/// Bounds how often the issuer is asked because of what strangers send.
struct Budget: Sendable {
    /// So many at once.
    let burst: Int
    /// One more after so long.
    let interval: Duration

    private var left = 0
    private var since: ContinuousClock.Instant?

    init(burst: Int, interval: Duration) {
        self.burst = burst
        self.interval = interval
    }

    /// Whether one more request may be made, which counts then.
    mutating func take(at now: ContinuousClock.Instant) -> Bool {
        if let start = since {
            let gained = Int((now - start) / interval)
            left = min(burst, left + gained)
            since = left == burst ? now : start + interval * gained
        } else {
            left = burst
            since = now
        }
        guard left > 0 else { return false }
        left -= 1
        return true
    }
}
