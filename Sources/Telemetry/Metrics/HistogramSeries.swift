internal import Synchronization

/// How often values fell between fixed bounds, and their sum, which stays at the highest that it can show.
public final class HistogramSeries: WritableSeries {
    private final class Cell: Sendable {
        let count = Atomic<UInt64>(0)
    }

    private let bounds: [Int64]
    /// One for each bound, and one for what is above the last.
    private let cells: [Cell]
    private let sum = Atomic<UInt64>(0)

    init(bounds: [Int64]) {
        self.bounds = bounds
        cells = (0...bounds.count).map { _ in Cell() }
    }

    /// Counts a value, in the unit of the bounds; less than 0 counts as 0.
    public func record(_ value: Int64) {
        var index = 0
        while index < bounds.count, value > bounds[index] { index += 1 }
        cells[index].count.wrappingAdd(1, ordering: .relaxed)
        sum.addClamped(UInt64(max(0, value)))
    }

    /// Counts a duration, where the bounds are nanoseconds.
    public func record(_ duration: Duration) { record(duration.nanoseconds) }

    func reset() {
        for cell in cells { cell.count.store(0, ordering: .relaxed) }
        sum.store(0, ordering: .relaxed)
    }

    func write(to text: inout Exposition, _ description: MetricDescription, _ values: [String]) {
        let counts = cells.map { $0.count.load(ordering: .relaxed) }
        let total = sum.load(ordering: .relaxed)
        var cumulated: UInt64 = 0
        for (index, count) in counts.enumerated() {
            cumulated += count
            let bound = index < bounds.count ? Exposition.number(Double(bounds[index]) / Double(description.divisor)) : "+Inf"
            text.sample(description.name + "_bucket", description.labels, values, extra: ("le", bound))
            text.value(cumulated)
        }
        text.sample(description.name + "_sum", description.labels, values)
        text.value(Double(total) / Double(description.divisor))
        text.sample(description.name + "_count", description.labels, values)
        text.value(cumulated)
    }
}
