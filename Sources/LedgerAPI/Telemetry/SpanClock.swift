internal import Foundation
internal import Telemetry

/// Turns moments of the monotonic clock into the wall clock's, as they are related now.
struct SpanClock {
    private let instant: ContinuousClock.Instant
    private let wall: UInt64

    init() {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        instant = .now
        wall = UInt64(clamping: Int64(time.tv_sec)) &* 1_000_000_000 &+ UInt64(clamping: Int64(time.tv_nsec))
    }

    /// Nanoseconds since 1970.
    func nanoseconds(at moment: ContinuousClock.Instant) -> UInt64 {
        let ago = (instant - moment).nanoseconds
        return ago >= 0 ? wall &- UInt64(ago) : wall &+ UInt64(-ago)
    }
}
