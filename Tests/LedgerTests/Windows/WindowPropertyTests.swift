import Foundation
import Ledger
import Testing

@Suite("Windows of many zones over many years")
struct WindowPropertyTests {
    private static let awkward = [
        "Europe/Paris", "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Moscow", "Europe/Istanbul", "Europe/Volgograd", "America/New_York",
        "America/Los_Angeles", "America/St_Johns", "America/Sao_Paulo", "America/Havana", "America/Caracas", "America/Asuncion", "America/Santiago",
        "America/Nuuk", "America/Scoresbysund", "America/Argentina/San_Luis", "Africa/Cairo", "Africa/Casablanca", "Africa/Juba", "Africa/Monrovia",
        "Asia/Beirut", "Asia/Gaza", "Asia/Amman", "Asia/Tehran", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Pyongyang", "Asia/Manila", "Asia/Shanghai",
        "Australia/Lord_Howe", "Australia/Adelaide", "Australia/Eucla", "Antarctica/Troll", "Antarctica/Casey", "Pacific/Apia", "Pacific/Chatham",
        "Pacific/Kwajalein", "Pacific/Kiritimati", "Pacific/Fakaofo", "Pacific/Norfolk", "Pacific/Easter", "Atlantic/Azores", "UTC",
    ]

    /// 1970 … 2037
    private static let seconds: ClosedRange<Int64> = 172_800...2_145_000_000

    private static func randomRule(_ random: inout SplitMix64) throws -> WindowRule {
        let name = random.one(of: awkward)
        return WindowRule(
            random.one(of: [.minute, .hour, .day, .day, .day, .week, .week, .month, .month]), weekStart: random.number(0...6),
            secondOfDay: random.one(of: [0, 0, 1_800, 3_600, 5_400, 7_200, 9_000, 86_399, random.number(0...86_399)]),
            zone: try #require(Zone(name), "\(name)"))
    }

    @Test("consecutive windows meet without a gap or an overlap, and every moment of one finds it")
    func meet() throws {
        var random = SplitMix64.announced("Consecutive windows")
        for _ in 0..<250 {
            let rule = try Self.randomRule(&random)
            var window = rule.window(containing: Timestamp(seconds: random.number(Self.seconds)))
            for _ in 0..<400 {
                let (start, end) = (try #require(window.start), try #require(window.end))
                let within = Timestamp(microseconds: random.number(start.microseconds...end.microseconds - 1))
                let next = rule.window(containing: end)
                let holds =
                    start < end && next.start == end && rule.window(containing: start) == window && rule.window(containing: within) == window
                    && rule.window(containing: end.justBefore) == window
                try #require(holds, "seed \(random.seed): \(rule.canonicalText), \(start) to \(end), then \(next)")
                window = next
            }
        }
    }

    @Test("each window begins where the wall clock shows the day and the time of the rule, unless that time is skipped")
    func wallClock() throws {
        var random = SplitMix64.announced("Wall clocks")
        for _ in 0..<4_000 {
            let rule = try Self.randomRule(&random)
            guard rule.period != .minute, rule.period != .hour else { continue }
            let time = Timestamp(seconds: random.number(Self.seconds))
            let start = try #require(rule.window(containing: time).start)
            let offset = rule.zone.offset(at: start)
            let shown = CivilTime(start, offset: offset)
            let right =
                shown.secondOfDay == rule.secondOfDay && (rule.period != .week || shown.date.weekday == rule.weekStart)
                && (rule.period != .month || shown.date.day == 1)
            let clocksWentForward = offset > rule.zone.offset(at: start.adding(seconds: -86_400))
            #expect(right || clocksWentForward, "seed \(random.seed): \(rule.canonicalText) starts \(start)")
            // What the clock shows never comes twice within the window before its start.
            let again = CivilTime(start.adding(seconds: -3_600), offset: rule.zone.offset(at: start.adding(seconds: -3_600)))
            #expect(again.date != shown.date || again.secondOfDay < shown.secondOfDay, "seed \(random.seed): \(rule.canonicalText) starts \(start)")
        }
    }

    @Test("days and months that turn at midnight agree with the calendar of Foundation")
    func foundation() throws {
        var random = SplitMix64.announced("Foundation's calendar")
        for _ in 0..<1_500 {
            let name = random.one(of: Self.awkward)
            let time = Timestamp(seconds: random.number(Self.seconds))
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = try #require(TimeZone(identifier: name))
            let date = Date(timeIntervalSince1970: TimeInterval(time.seconds))
            let zone = try #require(Zone(name))
            for (period, unit) in [(.day, .day), (.month, .month)] as [(WindowRule.Period, Calendar.Component)] {
                let window = WindowRule(period, zone: zone).window(containing: time)
                let expected = try #require(calendar.dateInterval(of: unit, for: date))
                #expect(
                    window.start?.seconds == Int64(expected.start.timeIntervalSince1970)
                        && window.end?.seconds == Int64(expected.end.timeIntervalSince1970),
                    "seed \(random.seed): \(period) in \(name) at \(time)")
            }
        }
    }
}
