import Ledger
import Testing

@Suite("The sliding window of calls")
struct CallRingTests {
    private static let start = Timestamp(seconds: 1_790_000_000)

    @Test("counts all calls of the time, and none that is older than 1.1 times it, against a plain list of calls")
    func bounds() throws {
        var random = SplitMix64.announced("call ring")
        for within in [1, 10, 300, 3_600] as [Int64] {
            var ring = CallRing(withinSeconds: within)
            var calls: [Int64] = []
            var now = Self.start
            for _ in 0..<500 {
                now = Timestamp(microseconds: now.microseconds + random.number(0...within * 200_000))
                let total = ring.total(at: now)
                let certain = calls.count { now.microseconds - $0 < within * 1_000_000 }
                let possible = calls.count { now.microseconds - $0 < within * 1_100_000 }
                #expect(Int64(certain) <= total && total <= Int64(possible), "seed \(random.seed)")
                ring.add(1, at: now)
                calls.append(now.microseconds)
                ring = try #require(CallRing(withinSeconds: within, newest: ring.newest, bytes: ring.bytes))
            }
        }
    }

    @Test("after a long silence nothing is left; a clock that goes back forgets nothing")
    func silence() {
        var ring = CallRing(withinSeconds: 60)
        ring.add(5, at: Self.start)
        #expect(ring.total(at: Self.start.adding(seconds: -30)) == 5)
        ring.add(1, at: Self.start.adding(seconds: -30))
        #expect(ring.total(at: Self.start) == 6)
        #expect(ring.total(at: Self.start.adding(seconds: 67)) == 0)
        #expect(ring.total(at: Self.start.adding(seconds: 1_000_000)) == 0)
    }

    @Test("bytes that are no ring or no counts are refused")
    func broken() {
        #expect(CallRing(withinSeconds: 60, newest: 1, bytes: [1, 2, 3]) == nil)
        #expect(StateCounts(bytes: [1, 2, 3]) == nil)
        #expect(StateCounts(bytes: Array(repeating: 0, count: 16 * 9)) == nil)
    }

    @Test("counts of states are read as they were written")
    func states() {
        var states = StateCounts()
        for name in ["a", "b", "a", "c"] { states.add(StateCounts.hash(name), isToldAfter: name == "b") }
        #expect(StateCounts(bytes: states.bytes) == states)
        #expect(states.count(of: StateCounts.hash("a")) == 2 && states.highest == 2 && states.highestToldAfter == 1)
        for number in 0..<8 { states.add(StateCounts.hash("\(number)"), isToldAfter: false) }
        #expect(states.count(of: StateCounts.hash("a")) == 0, "the eight that were met last are kept")
    }
}
