import Testing

@testable import Ledger

@Suite("What a month will have cost when it ends")
struct SpendForecastTests {
    private static let unit: Int64 = 1_000_000_000

    /// Days in Paris from the first of October on: 10 on working days, 2 at weekends.
    private static func forecast(until now: String, from first: String = "2026-10-01", cost: (Int64) -> Int64 = { $0 < 5 ? 10 : 2 }) throws
        -> SpendForecast?
    {
        let zone = try #require(Zone("Europe/Paris"))
        let now = try #require(Timestamp(rfc3339: now)).seconds
        let window = WindowRule(.month, zone: zone).window(containing: Timestamp(seconds: now))
        let month = try #require(window.start).seconds..<(try #require(window.end)).seconds
        let first = try #require(Timestamp(rfc3339: first + "T00:00:00Z")).seconds
        let days = SpendForecast.calendar(from: month.lowerBound - 31 * 86_400, now: now, zone: zone).map { day in
            let elapsed = min(now, day.range.upperBound) - day.range.lowerBound
            return SpendDay(
                range: day.range, weekday: day.weekday,
                cost: day.range.upperBound <= first ? 0 : cost(day.weekday) * unit * elapsed / Int64(day.range.count))
        }
        return SpendForecast(days, month: month, now: now, zone: zone)
    }

    @Test("weekdays are told apart, and today counts for what is left of it")
    func weekdays() throws {
        // November 2026 has 21 working days and 9 days of weekends: 228. The 18th is a Wednesday; it is noon in Paris.
        let forecast = try #require(try Self.forecast(until: "2026-11-18T11:00:00Z"))
        #expect(forecast.method == .runRateByWeekday && forecast.knownDays == 28)
        #expect(forecast.cost == 228 * Self.unit)
        #expect(forecast.spent == (12 * 10 + 5 * 2 + 5) * Self.unit)
        let end = try #require(try Self.forecast(until: "2026-11-30T23:00:00Z".replacing("23:00:00", with: "22:59:59")))
        #expect((228 * Self.unit - end.cost).magnitude < UInt64(Self.unit / 100))
    }

    @Test("who is known for less than two weeks goes on at the same pace; who never spent has no forecast")
    func runRate() throws {
        let forecast = try #require(try Self.forecast(until: "2026-11-10T23:00:00Z", from: "2026-11-01", cost: { _ in 3 }))
        #expect(forecast.method == .runRate && forecast.knownDays == 10)
        #expect(forecast.spent == 30 * Self.unit && forecast.cost == 90 * Self.unit)
        #expect(try Self.forecast(until: "2026-11-10T23:00:00Z", cost: { _ in 0 }) == nil)
    }

    @Test("changes and shares in hundredths of a per cent, without overflow")
    func changes() {
        #expect(Change.hundredthsOfPercent(from: 4, to: 5) == 2_500 && Change.hundredthsOfPercent(from: 4, to: 3) == -2_500)
        #expect(Change.hundredthsOfPercent(from: 0, to: 3) == nil && Change.hundredthsOfPercent(from: 1, to: .max) == .max)
        #expect(Change.share(1, of: 3) == 3_333 && Change.share(0, of: 0) == nil)
    }
}
