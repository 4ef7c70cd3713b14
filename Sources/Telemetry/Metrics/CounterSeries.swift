internal import Synchronization

/// A count that only rises, and stays at the highest that it can show.
public final class CounterSeries: WritableSeries {
    private let value = Atomic<UInt64>(0)

    init() {}

    /// Adds to the count; less than 1 adds nothing.
    public func add(_ amount: Int64 = 1) {
        guard amount > 0 else { return }
        value.addClamped(UInt64(amount))
    }

    func reset() { value.store(0, ordering: .relaxed) }

    func write(to text: inout Exposition, _ description: MetricDescription, _ values: [String]) {
        let count = value.load(ordering: .relaxed)
        text.sample(description.name, description.labels, values)
        if description.divisor == 1 { text.value(count) } else { text.value(Double(count) / Double(description.divisor)) }
    }
}
