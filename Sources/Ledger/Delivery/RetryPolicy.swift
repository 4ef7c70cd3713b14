/// When a message is sent again that an endpoint did not take.
///
/// The waits grow so that a short fault costs seconds and a broken endpoint is left alone; the last of them is sent about
/// three days after the first, so that nobody loses messages over a weekend.
public enum RetryPolicy {
    /// The wait after each failure, in seconds; after as many failures and one more the message is dead.
    public static let waitsSeconds: [Int64] = [2, 10, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
    /// How many of these waits a message gets that the endpoint refuses.
    public static let refusedWaits = 3
    /// The longest that an endpoint can make a message wait, in seconds.
    public static let maximumRetryAfterSeconds: Int64 = 86_400
    /// Each wait is longer or shorter by up to this share, so that messages which failed together do not come back
    /// together.
    public static let jitterPercent: Int64 = 10

    /// How long to wait, in microseconds; nil: no more.
    ///
    /// - Parameters:
    ///   - failures: how often the message failed in a row, this time included; 1 at least.
    ///   - retryAfterSeconds: what the endpoint asked for. It is never asked sooner than that.
    ///   - random: entropy.
    public static func wait(afterFailures failures: Int64, retryAfterSeconds: Int64?, random: UInt64) -> Int64? {
        wait(afterFailures: failures, of: waitsSeconds.count, retryAfterSeconds: retryAfterSeconds, random: random)
    }

    /// How long to wait, in microseconds, after an answer that the message is refused; nil: no more.
    ///
    /// - Parameters:
    ///   - failures: how often the message failed in a row, in whatever way, this time included; 1 at least.
    ///   - random: entropy.
    public static func wait(afterRefusals failures: Int64, random: UInt64) -> Int64? {
        wait(afterFailures: failures, of: refusedWaits, retryAfterSeconds: nil, random: random)
    }

    private static func wait(afterFailures failures: Int64, of most: Int, retryAfterSeconds: Int64?, random: UInt64) -> Int64? {
        guard failures <= most else { return nil }
        let wait = waitsSeconds[Int(max(failures, 1)) - 1] * 1_000_000
        let span = wait / 100 * jitterPercent
        let jitter = Int64(random % UInt64(2 * span + 1)) - span
        guard let asked = retryAfterSeconds else { return wait + jitter }
        return max(wait + jitter, min(max(asked, 0), maximumRetryAfterSeconds) * 1_000_000)
    }
}
