import Foundation
import Ledger
import Testing

@Suite("Exchange rates")
struct ExchangeRateTests {
    private static func rate(_ text: String) throws -> ExchangeRate { try #require(ExchangeRate(text)) }

    @Test("a rate is a decimal above 0 with at most nine decimals", arguments: ["0.92", "1", "156.25", "0.000000001", "1000000"])
    func valid(text: String) {
        #expect(ExchangeRate(text)?.description == text)
    }

    @Test(
        "anything else is refused",
        arguments: ["0", "0.0", "-1", "+1", "1e2", "", "1.", ".5", "01", "0.0000000001", "1000000.000000001", "1,5", "NaN", "1 "])
    func invalid(text: String) {
        #expect(ExchangeRate(text) == nil)
    }

    @Test("every price of a model is converted, its tiers' too, and rounded up only where it must be")
    func conversion() throws {
        var stated = StatedPrice()
        for kind in TokenRate.allCases { stated.base[kind] = ExactDecimal(jsonNumber: "1e-06") }
        stated.tiers[200_000] = stated.base
        let price = try #require(stated.price(at: Self.rate("0.92")))
        for kind in TokenRate.allCases {
            #expect(price[kind] == 920_000_000)
            #expect(price.tiers.first?[kind] == 920_000_000)
        }
        stated = StatedPrice()
        stated.base.input = ExactDecimal(jsonNumber: "1e-15")
        stated.base.output = ExactDecimal(jsonNumber: "4e-15")
        let small = try #require(stated.price(at: Self.rate("0.25")))
        #expect(small.input == 1 && small.output == 1)
        #expect(try stated.price(at: Self.rate("0.250000001"))?.output == 2)
    }

    @Test("a price with more decimals than are kept is multiplied before it is rounded")
    func roundsOnce() throws {
        var stated = StatedPrice()
        // 1.4e-15 × 2 is 2.8e-15; rounded before, it would be 4e-15.
        stated.base.input = ExactDecimal(jsonNumber: "1.4e-15")
        stated.base.output = ExactDecimal(jsonNumber: "0")
        #expect(try stated.price(at: Self.rate("2"))?.input == 3)
    }

    @Test("a price that no longer fits makes the entry unusable")
    func tooLarge() throws {
        var stated = StatedPrice()
        stated.base.input = ExactDecimal(jsonNumber: "9223")
        stated.base.output = ExactDecimal(jsonNumber: "0")
        #expect(stated.price()?.input == 9_223_000_000_000_000_000)
        #expect(try stated.price(at: Self.rate("1.01")) == nil)
        stated.base.input = ExactDecimal(jsonNumber: "1.2345678901234567890123456789012345678")
        #expect(stated.price() != nil)
        #expect(try stated.price(at: Self.rate("1.000000001")) == nil)
    }

    @Test("agrees with decimal arithmetic done another way, and a rate of 1 changes nothing")
    func oracle() throws {
        var random = SplitMix64.announced("Exchange rates")
        for _ in 0..<1_000 {
            let number = "\(random.number(0...Int64(1) << random.number(1...50)))e-\(random.number(10...25))"
            let nanos = random.number(1...Int64(1) << random.number(1...45))
            let rate = try #require(ExchangeRate(nanos: nanos))
            #expect(ExchangeRate(rate.description) == rate)
            var exact = try #require(Decimal(string: number)) * Decimal(nanos) * Decimal(sign: .plus, exponent: 6, significand: 1)
            var units = Decimal()
            NSDecimalRound(&units, &exact, 0, .up)
            var stated = StatedPrice()
            stated.base.input = ExactDecimal(jsonNumber: number)
            stated.base.output = stated.base.input
            let found = stated.price(at: rate)?.input
            if units > Decimal(Int64.max) {
                #expect(found == nil, "seed \(random.seed): \(number) × \(rate)")
            } else {
                #expect(found?.description == units.description, "seed \(random.seed): \(number) × \(rate)")
            }
            #expect(stated.price() == stated.price(at: .one))
            #expect(stated.price(at: .one)?.input == ExactDecimal(jsonNumber: number)?.scaledRoundingUp(to: 15)?.value)
        }
    }
}
