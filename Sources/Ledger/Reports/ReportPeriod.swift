/// The time that a report is about, cut into buckets, with the time that it is compared with. All bounds are whole hours of
/// UTC, in seconds since 1970, since usage is kept by these.
public struct ReportPeriod: Hashable, Sendable {
    public static let maximumDays: Int64 = 800
    public static let maximumBuckets = 1_000
    private static let hour: Int64 = 3_600

    public let interval: ReportInterval
    public let zone: Zone
    public let range: Range<Int64>
    /// In their order; the first and the last may be parts of an interval. One where time is not cut.
    public let buckets: [Range<Int64>]
    /// What the first bucket is compared with: the whole interval before that of the first bucket, or, where time is not cut,
    /// as much time right before.
    public let before: Range<Int64>

    /// - Throws: what cannot be answered from whole hours, or is too much.
    public init(_ range: Range<Int64>, interval: ReportInterval, zone: Zone) throws(ReportFault) {
        guard !range.isEmpty else { throw .isEmpty }
        guard range.count <= Self.maximumDays * 86_400 else { throw .isTooLong }
        for bound in [range.lowerBound, range.upperBound] where bound % Self.hour != 0 {
            let before = bound.flooringDivide(Self.hour) * Self.hour
            throw .isWithinAnHour(bound, before: before, after: before + Self.hour)
        }
        self.range = range
        self.interval = interval
        self.zone = zone
        guard let rule = interval.rule(zone: zone) else {
            buckets = [range]
            before = range.lowerBound - Int64(range.count)..<range.lowerBound
            return
        }
        (buckets, before) = try Self.cut(range, by: rule)
    }

    private static func cut(_ range: Range<Int64>, by rule: WindowRule) throws(ReportFault) -> ([Range<Int64>], Range<Int64>) {
        let first = try bounds(rule.window(containing: Timestamp(seconds: range.lowerBound)), range)
        let before = try bounds(rule.window(containing: Timestamp(seconds: first.lowerBound - 1)), range)
        var buckets = [first.clamped(to: range)]
        while let last = buckets.last, last.upperBound < range.upperBound {
            guard buckets.count < maximumBuckets else { throw .hasTooManyIntervals }
            let next = try bounds(rule.window(containing: Timestamp(seconds: last.upperBound)), range)
            buckets.append(next.clamped(to: range))
        }
        return (buckets, before)
    }

    private static func bounds(_ window: Window, _ range: Range<Int64>) throws(ReportFault) -> Range<Int64> {
        // Only windows for ever have no bounds, and intervals are none.
        let (start, end) = (window.start?.seconds ?? range.lowerBound, window.end?.seconds ?? range.upperBound)
        for bound in [start, end] where bound % hour != 0 { throw .zoneIsWithinAnHour(bound) }
        return start..<end
    }

    // MARK: - Slots

    /// Every bound of `before` and the buckets, ascending, each once.
    public var edges: [Int64] {
        var edges = [before.lowerBound, before.upperBound]
        for bucket in buckets where bucket.lowerBound > edges[edges.count - 1] { edges.append(bucket.lowerBound) }
        return edges + [range.upperBound]
    }

    /// Which bucket begins at a bound; −1 is `before`, nil what lies between it and the first bucket.
    public func bucket(from edge: Int64) -> Int? {
        if edge == before.lowerBound { return -1 }
        let position = buckets.partitioningIndex { $0.lowerBound >= edge }
        return position < buckets.count && buckets[position].lowerBound == edge ? position : nil
    }
}

extension [Range<Int64>] {
    /// The first position from which on a condition holds.
    fileprivate func partitioningIndex(_ holds: (Range<Int64>) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
