import Ledger
import Testing

@Suite("Days of the calendar")
struct CivilDateTests {
    @Test(
        "are counted from 1970",
        arguments: [
            (1970, 1, 1, 0), (1969, 12, 31, -1), (1972, 2, 29, 789), (2000, 2, 29, 11_016), (2000, 3, 1, 11_017), (2026, 11, 21, 20_778),
            (2100, 3, 1, 47_541), (9999, 12, 31, 2_932_896), (1600, 2, 29, -135_081), (1, 1, 1, -719_162),
        ] as [(Int64, Int64, Int64, Int64)])
    func counted(year: Int64, month: Int64, day: Int64, days: Int64) throws {
        let date = try #require(CivilDate(year: year, month: month, day: day))
        #expect(date.daysSince1970 == days)
        #expect(CivilDate(daysSince1970: days) == date)
    }

    @Test(
        "that there are not",
        arguments: [
            (2026, 2, 29), (2100, 2, 29), (1900, 2, 29), (2024, 2, 30), (2026, 4, 31), (2026, 6, 31), (2026, 9, 31), (2026, 11, 31), (2026, 0, 1),
            (2026, 13, 1),
            (2026, 1, 0), (2026, 1, 32), (2026, -1, 1),
        ] as [(Int64, Int64, Int64)])
    func impossible(year: Int64, month: Int64, day: Int64) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test("follow each other without a gap for eight hundred years")
    func consecutive() throws {
        var date = try #require(CivilDate(year: 1800, month: 1, day: 1))
        for _ in 0..<292_194 {
            let next = date.adding(days: 1)
            let sameMonth = next.year == date.year && next.month == date.month && next.day == date.day + 1
            let newMonth = next.day == 1 && next == date.firstOfNextMonth
            #expect(sameMonth != newMonth)
            #expect(next.weekday == (date.weekday + 1) % 7)
            #expect(next.firstOfMonth.day == 1 && next.firstOfMonth.month == next.month)
            date = next
        }
        #expect(date == CivilDate(year: 2600, month: 1, day: 1))
    }

    @Test("have the weekday that everybody knows")
    func weekdays() {
        #expect(CivilDate(year: 1970, month: 1, day: 1)?.weekday == 3)
        #expect(CivilDate(year: 2000, month: 1, day: 1)?.weekday == 5)
        #expect(CivilDate(year: 2026, month: 11, day: 21)?.weekday == 5)
        #expect(CivilDate(year: 1969, month: 7, day: 20)?.weekday == 6)
    }
}
