import TestSupport
import Testing

@testable import LedgerStore

@Suite("Reports read whole days where they can, and every hour once")
struct ReportPartsTests {
    @Test(
        "random hours, days and bounds: each hour is in one part, daily parts are whole days without a bound in them",
        arguments: [1, 500, 20_000] as [Int64])
    func once(limit: Int64) {
        var random = SplitMix64.announced("report parts")
        for _ in 0..<300 {
            var hours: [UsageHours.Hour] = []
            for hour in 0..<random.number(1...200) where random.chance(70) {
                hours.append(.init(start: hour * 3_600, rows: random.number(1...400), facts: random.number(1...400)))
            }
            let days = Dictionary(grouping: hours) { $0.start / 86_400 }.sorted { $0.key < $1.key }.filter { _ in random.chance(85) }.map {
                day, own in
                let isOld = random.chance(10)
                let isFull = random.chance(10)
                return UsageHours.Hour(
                    start: day * 86_400, rows: isFull ? ReportParts.rowsADay + 1 : random.number(1...900),
                    facts: own.reduce(0) { $0 + $1.facts } + (isOld ? 1 : 0))
            }
            let edges = Set((0...random.number(1...6)).map { _ in random.number(0...210) * 3_600 }).sorted()
            guard let first = edges.first, let last = edges.last, first < last else { continue }
            let known = UsageHours(hours: hours.filter { $0.start >= first && $0.start < last })
            let parts = ReportParts.parts(known, days: days, edges: edges, limit: limit)
            for hour in known.hours {
                #expect(parts.count { $0.range.contains(hour.start) && $0.range.contains(hour.start + 3_599) } == 1)
            }
            for part in parts where part.isDaily {
                #expect(part.range.lowerBound % 86_400 == 0 && part.range.upperBound % 86_400 == 0)
                #expect(part.range.lowerBound >= first && part.range.upperBound <= last)
                #expect(edges.allSatisfy { !part.range.contains($0) || $0 % 86_400 == 0 })
                for day in days where part.range.contains(day.start) {
                    let facts = known.hours.filter { $0.start / 86_400 == day.start / 86_400 }.reduce(0) { $0 + $1.facts }
                    #expect(day.rows <= ReportParts.rowsADay && day.facts == facts)
                }
            }
        }
    }
}
