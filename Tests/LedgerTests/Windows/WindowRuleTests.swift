import Ledger
import Testing

@Suite("Windows")
struct WindowRuleTests {
    private static func window(_ rule: WindowRule, _ time: String) throws -> Window { rule.window(containing: try at(time)) }

    @Test("a window has its start and not its end")
    func halfOpen() throws {
        let rules = [
            WindowRule(.minute), WindowRule(.hour), WindowRule(.day), WindowRule(.week), WindowRule(.month),
            WindowRule(.day, secondOfDay: 32_400, zone: try #require(Zone("Europe/Paris"))),
        ]
        for rule in rules {
            let window = try Self.window(rule, "2026-11-18T10:02:33.123456Z")
            let (start, end) = (try #require(window.start), try #require(window.end))
            #expect(window.contains(start) && window.contains(end.justBefore))
            #expect(!window.contains(start.justBefore) && !window.contains(end))
            #expect(rule.window(containing: start) == window)
            #expect(rule.window(containing: end.justBefore) == window)
            #expect(rule.window(containing: end).start == end)
            #expect(rule.window(containing: start.justBefore).end == start)
        }
    }

    @Test("a minute and an hour are stretches of elapsed time, the same in every zone")
    func elapsed() throws {
        let kathmandu = try #require(Zone("Asia/Kathmandu"))
        #expect(
            try Self.window(WindowRule(.minute, zone: kathmandu), "2026-11-21T10:02:33.5Z") == Window("2026-11-21T10:02:00Z", "2026-11-21T10:03:00Z"))
        #expect(
            try Self.window(WindowRule(.hour, zone: kathmandu), "2026-11-21T10:59:59.999999Z")
                == Window("2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z"))
    }

    @Test("a day begins at midnight of the zone, or at the time of day")
    func days() throws {
        let paris = try #require(Zone("Europe/Paris"))
        #expect(try Self.window(WindowRule(.day), "2026-11-21T23:30:00Z") == Window("2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"))
        #expect(try Self.window(WindowRule(.day, zone: paris), "2026-11-21T23:30:00Z") == Window("2026-11-21T23:00:00Z", "2026-11-22T23:00:00Z"))
        let nine = WindowRule(.day, secondOfDay: 32_400, zone: paris)
        #expect(try Self.window(nine, "2026-11-21T07:59:59.999999Z") == Window("2026-11-20T08:00:00Z", "2026-11-21T08:00:00Z"))
        #expect(try Self.window(nine, "2026-11-21T08:00:00Z") == Window("2026-11-21T08:00:00Z", "2026-11-22T08:00:00Z"))
    }

    @Test("the week of the sample policy turns on Monday at nine in Paris")
    func exampleWeek() throws {
        let rule = WindowRule(.week, secondOfDay: 32_400, zone: try #require(Zone("Europe/Paris")))
        #expect(try Self.window(rule, "2026-11-21T10:02:00Z") == Window("2026-11-16T08:00:00Z", "2026-11-23T08:00:00Z"))
        #expect(try Self.window(rule, "2026-11-23T07:59:59Z") == Window("2026-11-16T08:00:00Z", "2026-11-23T08:00:00Z"))
        // In summer nine o'clock is seven in UTC, and the week in which the clocks change is an hour longer.
        #expect(try Self.window(rule, "2026-10-20T12:00:00Z") == Window("2026-10-19T07:00:00Z", "2026-10-26T08:00:00Z"))
    }

    @Test("a week begins on any day", arguments: 0..<7 as Range<Int64>)
    func weekStarts(weekStart: Int64) throws {
        // 2026-11-16 is a Monday.
        let monday = try at("2026-11-16T00:00:00Z")
        for hour in 0..<168 as Range<Int64> {
            let time = monday.adding(seconds: hour * 3_600)
            let window = WindowRule(.week, weekStart: weekStart).window(containing: time)
            let start = try #require(window.start)
            #expect(window.contains(time))
            #expect(window.seconds == 604_800)
            #expect(CivilTime(start).date.weekday == weekStart && CivilTime(start).secondOfDay == 0)
        }
    }

    @Test(
        "months end when they end",
        arguments: [
            ("2026-01-31T23:59:59Z", "2026-01-01", "2026-02-01"), ("2026-02-28T23:59:59Z", "2026-02-01", "2026-03-01"),
            ("2028-02-29T12:00:00Z", "2028-02-01", "2028-03-01"),
            ("2028-02-28T12:00:00Z", "2028-02-01", "2028-03-01"), ("2100-02-28T12:00:00Z", "2100-02-01", "2100-03-01"),
            ("2000-02-29T12:00:00Z", "2000-02-01", "2000-03-01"),
            ("2026-04-30T23:59:59Z", "2026-04-01", "2026-05-01"), ("2026-12-31T23:59:59.999999Z", "2026-12-01", "2027-01-01"),
            ("2027-01-01T00:00:00Z", "2027-01-01", "2027-02-01"),
        ])
    func months(time: String, first: String, next: String) throws {
        #expect(try Self.window(WindowRule(.month), time) == Window(first + "T00:00:00Z", next + "T00:00:00Z"))
    }

    @Test("a month may turn late on its first day, in a zone of its own")
    func monthAtNine() throws {
        let rule = WindowRule(.month, secondOfDay: 32_400, zone: try #require(Zone("America/New_York")))
        let november = try Window("2026-11-01T14:00:00Z", "2026-12-01T14:00:00Z")
        #expect(try Self.window(rule, "2026-12-01T13:59:59Z") == november)
        #expect(try Self.window(rule, "2026-11-01T14:00:00Z") == november)
        // October began in summer time.
        #expect(try Self.window(rule, "2026-11-01T13:59:59Z") == Window("2026-10-01T13:00:00Z", "2026-11-01T14:00:00Z"))
    }

    @Test("a run's window and the one for ever have no ends")
    func forever() {
        for rule in [WindowRule(.run), WindowRule.forever] {
            let window = rule.window(containing: Timestamp(seconds: 1_790_000_000))
            #expect(window == .forever)
            #expect(window.contains(Timestamp(microseconds: .min)) && window.contains(Timestamp(microseconds: .max)))
        }
    }

    @Test("whatever changes how time is cut changes the rule's text, and nothing else does")
    func canonicalText() throws {
        let paris = try #require(Zone("Europe/Paris"))
        let different = [
            WindowRule(.minute), WindowRule(.hour), WindowRule(.day), WindowRule(.week), WindowRule(.month), WindowRule(.run), .forever,
            WindowRule(.day, zone: paris), WindowRule(.day, secondOfDay: 32_400), WindowRule(.week, weekStart: 1),
            WindowRule(.week, secondOfDay: 32_400),
            WindowRule(.week, zone: paris), WindowRule(.month, secondOfDay: 60), WindowRule(.month, zone: paris),
        ]
        #expect(Set(different.map(\.canonicalText)).count == different.count)
        #expect(WindowRule(.minute, zone: paris).canonicalText == WindowRule(.minute).canonicalText)
        #expect(WindowRule(.day, weekStart: 3).canonicalText == WindowRule(.day).canonicalText)
    }
}
