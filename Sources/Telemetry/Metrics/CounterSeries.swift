internal import Synchronization

/// A count that only rises. A wait-free addition.
public final class CounterSeries: WritableSeries {
    private let value = Atomic<Int64>(0)

    init() {}

    /// Adds to the count; less than 1 adds nothing.
    public func add(_ amount: Int64 = 1) {
        guard amount > 0 else { return }
        value.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() { value.store(0, ordering: .relaxed) }

    func write(to text: inout Exposition, _ description: MetricDescription, _ values: [String]) {
        // Beyond Int64 the count goes on, and beyond UInt64 it begins again, which rate() takes for a restart.
        let count = UInt64(bitPattern: value.load(ordering: .relaxed))
        text.sample(description.name, description.labels, values)
        if description.divisor == 1 { text.value(count) } else { text.value(Double(count) / Double(description.divisor)) }
    }
}
