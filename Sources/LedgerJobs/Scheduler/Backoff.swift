/// How long to wait before another attempt: a random share of a time that doubles (full jitter), so that what failed
/// together does not come back together.
public struct Backoff: Sendable {
    /// What the first wait is at most.
    public let baseSeconds: Int64
    /// What any wait is at most.
    public let capSeconds: Int64

    public init(baseSeconds: Int64 = 1, capSeconds: Int64 = 300) {
        self.baseSeconds = min(max(1, baseSeconds), 86_400)
        self.capSeconds = min(max(1, capSeconds), 86_400)
    }

    /// The most that the wait after so many failed attempts may be, in microseconds.
    public func ceilingMicroseconds(after attempts: Int64) -> Int64 {
        let doublings = min(max(0, attempts - 1), 20)
        return min(capSeconds, baseSeconds << doublings) * 1_000_000
    }

    /// The wait after so many failed attempts, 0 … the ceiling, in microseconds.
    ///
    /// - Parameter random: 64 random bits.
    public func microseconds(after attempts: Int64, random: UInt64) -> Int64 {
        let ceiling = UInt64(ceilingMicroseconds(after: attempts))
        return Int64(random.multipliedFullWidth(by: ceiling + 1).high)
    }
}
