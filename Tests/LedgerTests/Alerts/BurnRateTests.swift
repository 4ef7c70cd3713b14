import Ledger
import Testing

@Suite("How fast a balance is used, and until when it lasts")
struct BurnRateTests {
    private static let start = Timestamp(seconds: 1_800_000_000)

    private static func at(minutes: Int64) -> Timestamp { start.adding(seconds: minutes * 60) }

    /// Newest first, from pairs of minutes and amounts in the order of time.
    private static func changes(_ pairs: [(minutes: Int64, amount: Int64)]) -> [UseChange] {
        pairs.reversed().map { UseChange(at: at(minutes: $0.minutes), amount: $0.amount, spender: nil) }
    }

    @Test("what was added after the oldest fact, by the time since")
    func rate() throws {
        let rate = try #require(
            BurnRate(Self.changes([(0, 500), (10, 30), (20, -10), (30, 40)]), until: Self.at(minutes: 60), windowStart: Self.start))
        #expect(rate.amount == 60)
        #expect(rate.perHour == 60)
        #expect(rate.from == Self.start && rate.until == Self.at(minutes: 60))
        #expect(rate.facts == 4)
    }

    @Test("one moment tells nothing, unless the whole window is known")
    func oneMoment() {
        let one = Self.changes([(30, 100)])
        #expect(BurnRate([], until: Self.at(minutes: 60), windowStart: Self.start) == nil)
        #expect(BurnRate(one, until: Self.at(minutes: 60), windowStart: nil) == nil)
        #expect(BurnRate(one, until: Self.at(minutes: 60), windowStart: Self.start)?.perHour == 100)
        let same = Self.changes([(30, 100), (30, 50)])
        #expect(BurnRate(same, until: Self.at(minutes: 30), windowStart: nil) == nil)
        #expect(BurnRate(same, until: Self.at(minutes: 30), windowStart: Self.start)?.amount == 150)
        #expect(BurnRate(same, until: Self.at(minutes: 30), windowStart: Self.at(minutes: 30)) == nil, "the window has just begun")
    }

    @Test("use that shrinks has no speed, and sums that do not fit stay at the largest")
    func bounds() throws {
        let falling = try #require(BurnRate(Self.changes([(0, 5), (10, -50)]), until: Self.at(minutes: 60), windowStart: nil))
        #expect(falling.amount == -50 && falling.perHour == 0)
        #expect(BurnRate.exhaustion(falling, remaining: 1, now: Self.start, windowEnd: nil) == nil)
        let huge = try #require(
            BurnRate(Self.changes([(0, 0), (1, .max), (2, .max)]), until: Self.at(minutes: 2), windowStart: nil))
        #expect(huge.amount == .max && huge.perHour == .max)
        #expect(BurnRate.exhaustion(huge, remaining: .max, now: Self.start, windowEnd: nil) == Self.at(minutes: 2))
    }

    @Test("what happened within less than a minute counts as if it had lasted one")
    func young() throws {
        func rate(microseconds: Int64) throws -> BurnRate {
            try #require(
                BurnRate(
                    [UseChange(at: Self.start, amount: 60, spender: nil)], until: Timestamp(microseconds: Self.start.microseconds + microseconds),
                    windowStart: Self.start))
        }
        #expect(try rate(microseconds: 1).perHour == 3_600)
        #expect(try rate(microseconds: 60_000_000).perHour == 3_600)
        #expect(try rate(microseconds: 60_000_001).perHour == 3_599)
        #expect(BurnRate.exhaustion(try rate(microseconds: 1), remaining: 60, now: Self.start, windowEnd: nil) == Self.at(minutes: 1))
    }

    @Test("it is used up when the rest is, at this speed")
    func exhaustion() throws {
        let rate = try #require(BurnRate(Self.changes([(0, 0), (60, 60)]), until: Self.at(minutes: 60), windowStart: nil))
        let now = Self.at(minutes: 60)
        #expect(BurnRate.exhaustion(rate, remaining: 120, now: now, windowEnd: nil) == Self.at(minutes: 180))
        #expect(BurnRate.exhaustion(rate, remaining: 120, now: now, windowEnd: Self.at(minutes: 181)) == Self.at(minutes: 180))
        #expect(BurnRate.exhaustion(rate, remaining: 120, now: now, windowEnd: Self.at(minutes: 180)) == nil, "the window ends first")
        #expect(BurnRate.exhaustion(rate, remaining: 0, now: now, windowEnd: Self.at(minutes: 61)) == now)
        #expect(BurnRate.exhaustion(nil, remaining: -5, now: now, windowEnd: nil) == now, "it is used up whatever the speed")
        #expect(BurnRate.exhaustion(nil, remaining: 5, now: now, windowEnd: nil) == nil)
        #expect(BurnRate.exhaustion(rate, remaining: .max, now: now, windowEnd: nil) == nil, "in the year 10,000 nobody waits for it")
    }
}
