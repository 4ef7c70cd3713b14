import Ledger
import Testing

@Suite("Times")
struct TimestampTests {
    @Test(
        "RFC 3339 is read",
        arguments: [
            ("2026-11-21T10:02:00Z", "2026-11-21T10:02:00Z"), ("2026-11-21t10:02:00z", "2026-11-21T10:02:00Z"),
            ("2026-11-21T10:02:00.5Z", "2026-11-21T10:02:00.500000Z"), ("2026-11-21T10:02:00.123456Z", "2026-11-21T10:02:00.123456Z"),
            ("2026-11-21T10:02:00.000000Z", "2026-11-21T10:02:00Z"), ("2026-11-21T12:02:00+02:00", "2026-11-21T10:02:00Z"),
            ("2026-11-21T00:30:00+05:45", "2026-11-20T18:45:00Z"), ("2026-12-31T23:59:59-01:30", "2027-01-01T01:29:59Z"),
            ("2026-11-21T10:02:00-00:00", "2026-11-21T10:02:00Z"), ("2024-02-29T00:00:00+00:00", "2024-02-29T00:00:00Z"),
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"), ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
        ])
    func read(text: String, utc: String) {
        #expect(Timestamp(rfc3339: text)?.description == utc)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "2026-11-21", "10:02:00Z", "2026-11-21T10:02Z", "2026-11-21T10:02:00", "2026-11-21 10:02:00Z", "2026-11-21T10:02:00 Z",
            "2026-11-21T10:02:00ZZ",
            "2026-11-21T10:02:00Z ", " 2026-11-21T10:02:00Z", "2026-11-21T10:02:00.Z", "2026-11-21T10:02:00.1234567Z", "2026-11-21T10:02:00,5Z",
            "2026-11-21T24:00:00Z", "2026-11-21T10:60:00Z", "2026-11-21T10:02:60Z", "2026-11-21T10:02:61Z", "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-04-31T00:00:00Z", "26-11-21T10:02:00Z", "2026-1-2T10:02:00Z", "20261121T100200Z",
            "2026-11-21T1:02:00Z", "+2026-11-21T10:02:00Z", "-001-11-21T10:02:00Z", "1969-12-31T23:59:59Z", "2026-11-21T10:02:00+0200",
            "2026-11-21T10:02:00+02",
            "2026-11-21T10:02:00+24:00", "2026-11-21T10:02:00+02:60", "2026-11-21T10:02:00+2:00", "2026-11-21T10:02:00\u{2212}02:00",
            "\u{0662}026-11-21T10:02:00Z", "2026-11-21T10:02:00UTC", "1795255320", "now",
        ])
    func refused(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("an offset that leads out of the years 1970 … 9999 is refused", arguments: ["9999-12-31T23:59:59-00:01", "1970-01-01T00:00:00+00:01"])
    func outOfRange(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("every time survives the way out and back in")
    func roundTrip() {
        var random = SplitMix64.announced("RFC 3339 round trip")
        for _ in 0..<5_000 {
            let time = Timestamp(microseconds: random.number(0...253_402_300_799_999_999))
            #expect(Timestamp(rfc3339: time.description) == time, "seed \(random.seed)")
        }
    }

    @Test("texts sort as times do, to the second")
    func textOrder() {
        var random = SplitMix64.announced("Order of times")
        let times = (0..<500).map { _ in Timestamp(seconds: random.number(0...253_402_300_799)) }
        #expect(times.sorted().map(\.description) == times.map(\.description).sorted(), "seed \(random.seed)")
    }

    @Test("whole seconds are rounded towards the past, before 1970 too")
    func seconds() {
        #expect(Timestamp(microseconds: 1_999_999).seconds == 1)
        #expect(Timestamp(microseconds: -1).seconds == -1)
        #expect(Timestamp(microseconds: -1_000_000).seconds == -1)
        #expect(Timestamp(microseconds: -1).description == "1969-12-31T23:59:59.999999Z")
    }

    @Test("adding stops at the last moment instead of overflowing")
    func adding() {
        #expect(Timestamp(seconds: 10).adding(seconds: 120) == Timestamp(seconds: 130))
        #expect(Timestamp(seconds: 10).adding(seconds: -120) == Timestamp(seconds: -110))
        #expect(Timestamp(seconds: 10).adding(seconds: .max).microseconds == .max)
        #expect(Timestamp(microseconds: .max).adding(seconds: 1).microseconds == .max)
        #expect(Timestamp(seconds: -10).adding(seconds: .min).microseconds == .min)
    }

    @Test("a wait is rounded up, so that whoever waits it out does not come too early")
    func waits() {
        let now = Timestamp(microseconds: 5_000_001)
        #expect(now.secondsRoundedUp(until: Timestamp(seconds: 6)) == 1)
        #expect(now.secondsRoundedUp(until: Timestamp(microseconds: 6_000_001)) == 1)
        #expect(now.secondsRoundedUp(until: Timestamp(microseconds: 6_000_002)) == 2)
        #expect(now.secondsRoundedUp(until: Timestamp(microseconds: 5_000_002)) == 1)
        #expect(now.secondsRoundedUp(until: now) == 0)
        #expect(now.secondsRoundedUp(until: Timestamp(seconds: 1)) == 0)
    }
}
