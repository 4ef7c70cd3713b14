import TestSupport
import Testing

@testable import LedgerAPI

@Suite("The largest sums of a stream")
struct SpaceSavingTests {
    @Test("with room for all keys the sums are exact")
    func exact() {
        var sketch = SpaceSaving<String>(capacity: 3)
        for (key, amount) in [("a", 5), ("b", 1), ("a", 2), ("c", 9), ("b", 1)] { sketch.add(Int64(amount), to: key) }
        #expect(sketch.sums == ["a": 7, "b": 2, "c": 9])
    }

    @Test("who is not known takes the place and the sum of the smallest")
    func replaces() {
        var sketch = SpaceSaving<String>(capacity: 2)
        sketch.add(10, to: "a")
        sketch.add(3, to: "b")
        sketch.add(4, to: "c")
        #expect(sketch.sums == ["a": 10, "c": 7])
        sketch.add(.max, to: "c")
        #expect(sketch.sums["c"] == .max)
    }

    @Test("no sum is too small, none too large by more than the smallest, and what is large is kept")
    func bounds() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix64(seed: seed)
        var sketch = SpaceSaving<Int>(capacity: 64)
        var exact: [Int: Int64] = [:]
        for _ in 0..<20_000 {
            // A few dear keys among many that come once or twice.
            let key = Bool.random(using: &random) ? Int.random(in: 0..<10, using: &random) : Int.random(in: 10..<5_000, using: &random)
            let amount = Int64.random(in: 0...(key < 10 ? 100 : 10), using: &random)
            sketch.add(amount, to: key)
            exact[key, default: 0] += amount
        }
        let sums = sketch.sums
        let smallest = sums.values.min() ?? 0
        #expect(sums.count == 64, "seed \(seed)")
        #expect(sums.values.reduce(0, +) == exact.values.reduce(0, +), "seed \(seed)")
        for key in 0..<10 { #expect(sums[key] != nil, "seed \(seed)") }
        for (key, sum) in sums {
            let real = exact[key] ?? 0
            #expect(real <= sum && sum - real <= smallest, "seed \(seed), key \(key)")
        }
    }
}
