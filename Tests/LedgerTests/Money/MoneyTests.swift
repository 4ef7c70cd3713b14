import Ledger
import Testing

@Suite("Money on the wire")
struct MoneyTests {
    @Test(
        "is read exactly",
        arguments: [
            ("0", 0), ("25", 25_000_000_000), ("0.18", 180_000_000), ("0.004215", 4_215_000), ("0.000000001", 1), ("1.000000000", 1_000_000_000),
            ("0.0", 0), ("10.10", 10_100_000_000), ("0.100000000", 100_000_000), ("9223372036.854775807", .max),
            ("9223372036", 9_223_372_036_000_000_000),
        ] as [(String, Int64)])
    func read(text: String, nanos: Int64) {
        #expect(Money(text)?.nanos == nanos)
    }

    @Test(
        "is refused in any other form",
        arguments: [
            "", " ", "1 ", " 1", "1\n", "+1", "-1", "-0", "--1", "1.", ".5", ".", "1..2", "1.2.3", "00", "01", "00.5", "1e3", "1E3", "1e-3", "0x10",
            "NaN", "nan",
            "Infinity", "inf", "-inf", "1,5", "1,000", "1_000", "1'000", "$1", "1 EUR", "1%", "1\0", "\u{FEFF}1", "1\u{200B}", "\u{2212}1",
            "\u{0663}", "\u{FF11}", "\u{0967}.5", "1\u{0301}", "1\u{066B}5", "\u{00BD}", "true", "null", "\"1\"",
        ])
    func refused(text: String) {
        #expect(Money(text) == nil)
    }

    @Test("with more than nine decimals is refused rather than rounded", arguments: ["0.0000000001", "1.0000000000", "0.1234567891", "0.0000000000"])
    func overPrecise(text: String) {
        #expect(Money(text) == nil)
    }

    @Test(
        "beyond what an amount can hold is refused rather than wrapped",
        arguments: [
            "9223372036.854775808", "9223372037", "18446744073.709551616", "99999999999999999999", "340282366920938463463374607431768211456",
            "99999999999999999999999999999999999999", "999999999999999999999999999999999999999", String(repeating: "9", count: 100_000),
        ])
    func tooLarge(text: String) {
        #expect(Money(text) == nil)
    }

    @Test(
        "is written with as many decimals as it needs",
        arguments: [
            (0, "0"), (1, "0.000000001"), (4_215_000, "0.004215"), (25_000_000_000, "25"), (100_000_000, "0.1"), (1_000_000_001, "1.000000001"),
            (10_000_000_000, "10"), (.max, "9223372036.854775807"), (-500_000_000, "-0.5"), (-1, "-0.000000001"), (.min, "-9223372036.854775808"),
        ] as [(Int64, String)])
    func written(nanos: Int64, text: String) {
        #expect(Money(nanos: nanos).description == text)
        var bytes: [UInt8] = []
        Money(nanos: nanos).writeText { bytes.append($0) }
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test("survives the way out and back in")
    func roundTrip() {
        var random = SplitMix64.announced("Money round trip")
        for _ in 0..<5_000 {
            let money = Money(nanos: random.number(0...Int64.max) >> random.number(0...62))
            #expect(Money(money.description) == money, "seed \(random.seed)")
        }
    }

    @Test("is ordered by amount")
    func ordered() throws {
        let texts = ["0", "0.000000001", "0.1", "0.9", "2", "10"]
        let amounts = try texts.map { try #require(Money($0)) }
        #expect(amounts.shuffled().sorted() == amounts)
    }
}
