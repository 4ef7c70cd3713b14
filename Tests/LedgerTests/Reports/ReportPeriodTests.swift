import Testing

@testable import Ledger

@Suite("Reports cut time in a time zone, and say what they compare with")
struct ReportPeriodTests {
    private static func time(_ text: String) throws -> Int64 { try #require(Timestamp(rfc3339: text)).seconds }

    private static func period(_ from: String, _ to: String, _ interval: ReportInterval, _ zone: String = "UTC") throws -> ReportPeriod {
        try ReportPeriod(time(from)..<time(to), interval: interval, zone: try #require(Zone(zone)))
    }

    @Test("days follow the clocks: the day on which they go back has 25 hours")
    func days() throws {
        let period = try Self.period("2026-10-24T10:00:00Z", "2026-10-26T23:00:00Z", .day, "Europe/Paris")
        #expect(period.buckets.map { $0.count / 3_600 } == [12, 25, 24])
        #expect(period.before == (try Self.time("2026-10-22T22:00:00Z"))..<(try Self.time("2026-10-23T22:00:00Z")))
        let edges = period.edges
        #expect(edges == edges.sorted() && Set(edges).count == edges.count)
        #expect(edges.dropLast().map { period.bucket(from: $0) } == [-1, nil, 0, 1, 2])
    }

    @Test("weeks begin on Monday, months on their first day; the time before is a whole one, or as much time")
    func lengths() throws {
        let weeks = try Self.period("2026-11-02T00:00:00Z", "2026-11-21T11:00:00Z", .week)
        #expect(weeks.buckets.map { $0.count / 86_400 } == [7, 7, 5])
        #expect(weeks.before.upperBound == weeks.range.lowerBound && weeks.before.count == 7 * 86_400)
        let months = try Self.period("2026-02-01T00:00:00Z", "2026-05-01T00:00:00Z", .month)
        #expect(months.buckets.map { $0.count / 86_400 } == [28, 31, 30] && months.before.count == 31 * 86_400)
        let whole = try Self.period("2026-11-01T00:00:00Z", "2026-11-11T00:00:00Z", .none)
        #expect(whole.buckets == [whole.range] && whole.before.count == 10 * 86_400 && whole.edges.count == 3)
    }

    @Test("what whole hours of UTC cannot answer is refused, and what is too much")
    func faults() throws {
        func fault(_ from: String, _ to: String, _ interval: ReportInterval, _ zone: String = "UTC") -> ReportFault? {
            do {
                _ = try Self.period(from, to, interval, zone)
                return nil
            } catch {
                return error as? ReportFault
            }
        }
        let midnight = try Self.time("2026-11-01T18:30:00Z")
        #expect(fault("2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z", .day, "Asia/Kolkata") == .zoneIsWithinAnHour(midnight))
        #expect(fault("2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z", .hour, "Asia/Kolkata") == nil)
        #expect(fault("2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z", .none, "Asia/Kolkata") == nil)
        #expect(fault("2026-11-02T00:00:00Z", "2026-11-02T00:00:00Z", .day) == .isEmpty)
        let half = try Self.time("2026-11-02T00:30:00Z")
        #expect(fault("2026-11-02T00:30:00Z", "2026-11-03T00:00:00Z", .none) == .isWithinAnHour(half, before: half - 1_800, after: half + 1_800))
        #expect(fault("2024-01-01T00:00:00Z", "2026-11-03T00:00:00Z", .month) == .isTooLong)
        #expect(fault("2026-01-01T00:00:00Z", "2026-03-03T00:00:00Z", .hour) == .hasTooManyIntervals)
    }

    @Test("run, session and tier are no groups; whatever else can be a tag is one")
    func dimensions() {
        #expect(["run_id", "session_id", "tier", "Team", ""].allSatisfy { ReportDimension($0) == nil })
        #expect(["team_id", "model", "tool", "envelope", "custom"].compactMap { ReportDimension($0)?.name }.count == 5)
    }
}
