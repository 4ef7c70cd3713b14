import Ledger
import Testing

@Suite("Times as logs write them")
struct LogTimeTests {
    @Test(
        "all are the same moment",
        arguments: [
            "2026-11-21T10:02:00.25Z", "2026-11-21 10:02:00.250000", "2026-11-21T10:02:00.250000000", "2026-11-21 10:02:00.25+00",
            "2026-11-21 12:02:00.25 +0200", "2026-11-21T11:02:00,25+01:00", "2026-11-21 10:02:00.25 UTC", "1795255320.25", "1795255320250",
            "1795255320250000", "1795255320250000000", "1.79525532025e9",
        ])
    func same(text: String) { #expect(LogTime.read(text)?.description == "2026-11-21T10:02:00.250000Z") }

    @Test(
        "anything else is none",
        arguments: [
            "", "yesterday", "2026-11-21", "2026-11-21T10:02", "2026-13-21T10:02:00Z", "2026-11-21T10:02:00.", "2026-11-21T10:02:00+1", "-5",
            "2026-11-21T10:02:00 Europe/Paris", "1969-12-31 23:59:59", "99999999999999999999999",
        ])
    func none(text: String) { #expect(LogTime.read(text) == nil) }

    @Test("decimals are rounded to the nearest unit, halves upwards")
    func rounding() {
        for (text, nanos) in [
            ("1.0850000000000001e-05", 10_850), ("0.0000000014", 1), ("0.0000000015", 2), ("0.00000000049999", 0), ("0", 0), ("12", 12_000_000_000),
            ("1e-30", 0), ("9223372036.8547758074", Int64.max),
        ] as [(String, Int64)] { #expect(ExactDecimal(jsonNumber: text)?.rounded(to: 9) == nanos, "\(text)") }
        #expect(ExactDecimal(jsonNumber: "9223372036.8547758075")?.rounded(to: 9) == nil)
        #expect(ExactDecimal(jsonNumber: "1e40")?.rounded(to: 9) == nil)
    }
}
