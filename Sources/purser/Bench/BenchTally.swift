import Histogram

/// What the connections of a run have seen; lives on one event loop.
final class BenchTally {
    /// Microseconds from when a unit of work was due to when it was answered.
    private(set) var latencies = Histogram<UInt64>(highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: .three)
    private(set) var done = 0
    private(set) var errors: [String: Int] = [:]
    var isCounting = false

    func record(microseconds: UInt64) {
        guard isCounting else { return }
        done += 1
        _ = latencies.record(min(microseconds, 60_000_000))
    }

    func fail(_ reason: String) {
        guard isCounting else { return }
        errors[reason, default: 0] += 1
    }

    func report(seconds: Double) -> BenchReport {
        func milliseconds(_ percentile: Double) -> Double { Double(latencies.valueAtPercentile(percentile)) / 1_000 }
        return BenchReport(
            done: done, seconds: seconds, rate: Double(done) / seconds, p50: milliseconds(50), p90: milliseconds(90), p99: milliseconds(99),
            p999: milliseconds(99.9), max: Double(latencies.max) / 1_000, errors: errors)
    }
}
