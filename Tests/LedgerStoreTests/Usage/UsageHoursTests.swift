import Ledger
import TestSupport
import Testing

@testable import LedgerStore

@Suite("Times are cut into parts with a bounded number of rows")
struct UsageHoursTests {
    @Test(
        "parts follow each other, cover every hour that has rows, and are light unless they cannot be cut", arguments: [1, 7, 100, 5_000] as [Int64])
    func cut(limit: Int64) {
        var random = SplitMix64.announced("usage hours")
        for _ in 0..<200 {
            var hours: [UsageHours.Hour] = []
            for hour in 0..<random.number(0...60) where random.chance(60) {
                let facts = random.number(1...3_000)
                hours.append(UsageHours.Hour(start: hour * 3_600, rows: random.number(1...facts), facts: facts))
            }
            let (from, to) = (random.number(0...20) * 3_600, random.number(21...70) * 3_600)
            for table in [UsageHours.Table.hourly, .slices, .runs] {
                let ranges = UsageHours(hours: hours).ranges(of: table, from: from, to: to, limit: limit)
                for (range, next) in zip(ranges, ranges.dropFirst()) { #expect(range.upperBound <= next.lowerBound && !range.isEmpty) }
                for range in ranges {
                    #expect(range.lowerBound >= from && range.upperBound <= to && range.lowerBound % table.unitSeconds == 0)
                    let whole = hours.filter { range.contains($0.start) && range.upperBound >= $0.start + 3_600 }
                    if whole.count > 1 { #expect(whole.reduce(0) { $0 + $1.weight(table) } <= limit) }
                }
                for hour in hours where hour.start >= from && hour.start < to {
                    let covered = ranges.map { $0.clamped(to: hour.start..<hour.start + 3_600).count }.reduce(0, +)
                    #expect(covered == 3_600)
                }
            }
        }
    }

    @Test("the memory of baselines forgets the oldest first, and what is of another hour")
    func memory() {
        let memory = BaselineMemory()
        func key(_ number: Int, hour: Int64 = 1) -> BaselineMemory.Key {
            var bytes = CanonicalBytes()
            bytes.append("\(number)")
            let id = Digest.identifier(bytes.bytes)
            return BaselineMemory.Key(organisation: id, policyVersion: 1, subject: id, hour: hour)
        }
        for number in 0...BaselineMemory.capacity { memory.keep([0: Int64(number)], of: key(number)) }
        #expect(memory.slices(of: key(0)) == nil)
        #expect(memory.slices(of: key(1)) == [0: 1])
        #expect(memory.slices(of: key(BaselineMemory.capacity)) != nil)
        memory.keep([:], of: key(0, hour: 2))
        #expect(memory.slices(of: key(1)) == nil && memory.slices(of: key(0, hour: 2)) != nil)
    }
}
