import Ledger
import Testing

@Suite("Decimal numbers as price files write them")
struct ExactDecimalTests {
    @Test(
        "JSON numbers are read as the decimal they denote",
        arguments: [
            ("1.25e-06", 1_250_000_000), ("7.5e-08", 75_000_000), ("1.25E-06", 1_250_000_000), ("0.00000125", 1_250_000_000),
            ("125e-8", 1_250_000_000),
            ("1.1e-7", 110_000_000), ("3e-05", 30_000_000_000), ("0", 0), ("0.0", 0), ("0e0", 0), ("0e-99", 0), ("0e999", 0), ("1e-15", 1),
            ("1", 1_000_000_000_000_000),
            ("1e0", 1_000_000_000_000_000), ("1e+2", 100_000_000_000_000_000), ("1.0e-06", 1_000_000_000), ("9223.372036854775807", .max),
            ("10e-16", 1), ("0.00003", 30_000_000_000), ("1234567890.5e-15", 1_234_567_891),
        ] as [(String, Int64)])
    func jsonNumber(text: String, femtos: Int64) {
        #expect(ExactDecimal(jsonNumber: text)?.scaledRoundingUp(to: 15)?.value == femtos)
    }

    @Test(
        "what is no JSON number, or has a sign, is refused",
        arguments: [
            "", "-1", "+1", "-1e-6", ".5", "1.", "1.e5", "e5", "1e", "1e+", "1e-", "1e+-5", "1e--5", "1e5.0", "1e5e5", "01", "00", "1 ", " 1", "NaN",
            "Infinity",
            "0x1p3", "1_0", "1e\u{0663}", "\u{0661}", "1e5\0", "1,5",
        ])
    func noJSONNumber(text: String) {
        #expect(ExactDecimal(jsonNumber: text) == nil)
    }

    @Test("more decimals than a unit has are rounded up, and told")
    func roundsUp() throws {
        let tiny = try #require(ExactDecimal(jsonNumber: "1e-30"))
        #expect(try #require(tiny.scaledRoundingUp(to: 15)) == (value: 1, exact: false))
        #expect(tiny.scaled(to: 15) == nil)
        let third = try #require(ExactDecimal(jsonNumber: "3.333333333333333333e-07"))
        #expect(try #require(third.scaledRoundingUp(to: 15)) == (value: 333_333_334, exact: false))
        let whole = try #require(ExactDecimal(jsonNumber: "2.50e-07"))
        #expect(try #require(whole.scaledRoundingUp(to: 15)) == (value: 250_000_000, exact: true))
        let nothing = try #require(ExactDecimal(jsonNumber: "0.000e-20"))
        #expect(try #require(nothing.scaledRoundingUp(to: 15)) == (value: 0, exact: true))
    }

    @Test(
        "what does not fit is nil",
        arguments: ["1e5", "9223.372036854775808", "1e24", "1e9999", "99999999999999999999999999999999999999", "9223.3720368547758070001"])
    func doesNotFit(text: String) throws {
        #expect(try #require(ExactDecimal(jsonNumber: text)).scaledRoundingUp(to: 15) == nil)
    }

    @Test("the smallest exponents come out as the smallest unit", arguments: ["1e-9999", "99999999999999999999999999999999999999e-9999"])
    func vanishing(text: String) throws {
        #expect(try #require(ExactDecimal(jsonNumber: text)).scaledRoundingUp(to: 15)?.value == 1)
    }

    @Test("at most 38 significant digits are read")
    func digits() {
        #expect(ExactDecimal(jsonNumber: String(repeating: "9", count: 38)) != nil)
        #expect(ExactDecimal(jsonNumber: String(repeating: "9", count: 39)) == nil)
        #expect(ExactDecimal(jsonNumber: "0." + String(repeating: "0", count: 37) + "1") != nil)
        #expect(ExactDecimal(jsonNumber: "0." + String(repeating: "0", count: 38) + "1") == nil)
    }

    @Test(
        "is written back without trailing zeros",
        arguments: [(1_250_000_000, "0.00000125"), (75_000_000, "0.000000075"), (1_000_000_000_000_000, "1"), (0, "0")] as [(Int64, String)])
    func written(femtos: Int64, text: String) {
        #expect(ExactDecimal.text(femtos, scale: 15) == text)
    }
}
