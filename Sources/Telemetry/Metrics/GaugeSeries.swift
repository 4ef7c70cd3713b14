internal import Synchronization

/// A value that goes up and down.
public final class GaugeSeries: WritableSeries {
    private let bits = Atomic<UInt64>(0)

    init() {}

    public var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    public func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    public func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (done, seen) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if done { return }
            old = seen
        }
    }

    func write(to text: inout Exposition, _ description: MetricDescription, _ values: [String]) {
        text.sample(description.name, description.labels, values)
        text.value(value)
    }
}
