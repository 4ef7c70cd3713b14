import Ledger
import Testing

@Suite("Windows when the clocks change")
struct DaylightSavingTests {
    /// A zone, the time of day at which days turn, and the moments at which consecutive days turn.
    struct Days: Sendable, CustomTestStringConvertible {
        let zone: String
        var secondOfDay: Int64 = 0
        let turns: [String]

        var testDescription: String { "\(zone) at \(secondOfDay) from \(turns[0])" }
    }

    @Test(
        "days turn exactly here",
        arguments: [
            Days(zone: "Europe/Paris", turns: ["2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "2026-03-30T22:00:00Z"]),
            Days(zone: "Europe/Paris", turns: ["2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "2026-10-26T23:00:00Z"]),
            // 02:30 is skipped on 29 March and comes twice on 25 October.
            Days(zone: "Europe/Paris", secondOfDay: 9_000, turns: ["2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"]),
            Days(zone: "Europe/Paris", secondOfDay: 9_000, turns: ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]),
            Days(zone: "America/New_York", turns: ["2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z", "2026-03-10T04:00:00Z"]),
            Days(zone: "America/New_York", secondOfDay: 5_400, turns: ["2026-10-31T05:30:00Z", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]),
            // Half an hour, in both directions.
            Days(zone: "Australia/Lord_Howe", turns: ["2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z", "2026-04-06T13:30:00Z"]),
            Days(zone: "Australia/Lord_Howe", turns: ["2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z", "2026-10-05T13:00:00Z"]),
            Days(zone: "Australia/Lord_Howe", secondOfDay: 8_100, turns: ["2026-10-02T15:45:00Z", "2026-10-03T15:45:00Z", "2026-10-04T15:15:00Z"]),
            // Midnight is skipped.
            Days(zone: "Asia/Beirut", turns: ["2026-03-27T22:00:00Z", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"]),
            Days(zone: "Africa/Cairo", turns: ["2026-04-22T22:00:00Z", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"]),
            Days(zone: "America/Sao_Paulo", turns: ["2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"]),
            // The hour before midnight comes twice.
            Days(zone: "Africa/Cairo", turns: ["2026-10-28T21:00:00Z", "2026-10-29T22:00:00Z", "2026-10-30T22:00:00Z"]),
            Days(zone: "America/Sao_Paulo", turns: ["2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z", "2018-02-19T03:00:00Z"]),
            // Midnight comes twice.
            Days(zone: "America/Havana", turns: ["2026-10-31T04:00:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"]),
            // A day that never was: 30 December 2011 in Samoa, 21 August 1993 on Kwajalein.
            Days(zone: "Pacific/Apia", turns: ["2011-12-28T10:00:00Z", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"]),
            Days(
                zone: "Pacific/Apia", secondOfDay: 32_400,
                turns: ["2011-12-28T19:00:00Z", "2011-12-29T19:00:00Z", "2011-12-30T19:00:00Z", "2011-12-31T19:00:00Z"]),
            Days(zone: "Pacific/Kwajalein", turns: ["1993-08-19T12:00:00Z", "1993-08-20T12:00:00Z", "1993-08-21T12:00:00Z", "1993-08-22T12:00:00Z"]),
            // Two hours, and none at all.
            Days(zone: "Antarctica/Troll", turns: ["2026-03-29T00:00:00Z", "2026-03-29T22:00:00Z", "2026-03-30T22:00:00Z"]),
            Days(zone: "Asia/Kolkata", turns: ["2026-03-28T18:30:00Z", "2026-03-29T18:30:00Z", "2026-03-30T18:30:00Z"]),
        ])
    func days(_ days: Days) throws {
        let rule = WindowRule(.day, secondOfDay: days.secondOfDay, zone: try #require(Zone(days.zone)))
        for (start, end) in zip(days.turns, days.turns.dropFirst()) {
            let expected = try Window(start, end)
            let (first, last) = (try at(start), try at(end).justBefore)
            for time in [first, Timestamp(microseconds: first.microseconds / 2 + last.microseconds / 2), last] {
                #expect(rule.window(containing: time) == expected)
            }
        }
    }

    @Test("a day that has begun does not end because the clocks go back over midnight")
    func backOverMidnight() throws {
        // At 00:01 on 7 November 2010 the clocks of Newfoundland went back to 23:01 of the day before.
        let rule = WindowRule(.day, zone: try #require(Zone("America/St_Johns")))
        let seventh = try Window("2010-11-07T02:30:00Z", "2010-11-08T03:30:00Z")
        for time in ["2010-11-07T02:30:00Z", "2010-11-07T02:31:00Z", "2010-11-07T02:45:00Z", "2010-11-07T03:29:59Z", "2010-11-07T03:30:00Z"] {
            #expect(rule.window(containing: try at(time)) == seventh)
        }
        #expect(rule.window(containing: try at("2010-11-07T02:29:59Z")).end == seventh.start)
    }

    @Test("the hour that comes twice is two hours, and each minute of it its own")
    func repeatedHour() throws {
        let zone = try #require(Zone("Europe/Paris"))
        let first = WindowRule(.hour, zone: zone).window(containing: try at("2026-10-25T00:30:00Z"))
        let second = WindowRule(.hour, zone: zone).window(containing: try at("2026-10-25T01:30:00Z"))
        #expect(first.end == second.start)
        #expect(first.seconds == 3_600 && second.seconds == 3_600)
    }

    @Test("weeks and months are as long as their days")
    func longerWindows() throws {
        let paris = try #require(Zone("Europe/Paris"))
        let march = WindowRule(.month, zone: paris).window(containing: try at("2026-03-15T00:00:00Z"))
        #expect(march == (try Window("2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z")))
        #expect(march.seconds == 2_674_800)
        let apia = try #require(Zone("Pacific/Apia"))
        let december = WindowRule(.month, zone: apia).window(containing: try at("2011-12-15T00:00:00Z"))
        #expect(december == (try Window("2011-12-01T10:00:00Z", "2011-12-31T10:00:00Z")))
        // The week from Friday 30 December 2011 begins with the Saturday that followed Thursday.
        let fridays = WindowRule(.week, weekStart: 4, zone: apia)
        #expect(fridays.window(containing: try at("2011-12-30T10:00:00Z")) == (try Window("2011-12-30T10:00:00Z", "2012-01-05T10:00:00Z")))
        #expect(fridays.window(containing: try at("2011-12-30T09:59:59Z")) == (try Window("2011-12-23T10:00:00Z", "2011-12-30T10:00:00Z")))
    }
}
