internal import Foundation

/// Random numbers that a seed repeats.
package struct SplitMix64: RandomNumberGenerator {
    package let seed: UInt64
    private var state: UInt64

    package init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// Takes the seed from `PURSER_TEST_SEED`, else a new one, and prints it, so that a failure can be repeated.
    package static func announced(_ name: String) -> SplitMix64 {
        let given = ProcessInfo.processInfo.environment["PURSER_TEST_SEED"].flatMap { UInt64($0) }
        let seed = given ?? UInt64.random(in: 0...UInt64.max)
        print("\(name): PURSER_TEST_SEED=\(seed)")
        return SplitMix64(seed: seed)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    package mutating func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &self) }

    package mutating func chance(_ percent: Int64) -> Bool { number(0...99) < percent }

    package mutating func one<Element>(of elements: [Element]) -> Element { elements[Int(number(0...Int64(elements.count - 1)))] }
}
