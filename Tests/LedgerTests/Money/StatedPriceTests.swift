import Ledger
import Testing

@Suite("Prices as a file states them")
struct StatedPriceTests {
    @Test("input and output are needed, the rest is not")
    func needed() throws {
        var stated = StatedPrice()
        #expect(stated.price() == nil)
        stated.base.input = ExactDecimal(jsonNumber: "1.25e-06")
        #expect(stated.price() == nil)
        stated.base.output = ExactDecimal(jsonNumber: "1e-05")
        #expect(stated.price() == ModelPrice(input: 1_250_000_000, output: 10_000_000_000))
        stated.base.cachedInput = ExactDecimal(jsonNumber: "1.25e-07")
        stated.base.cacheWrite = ExactDecimal(jsonNumber: "0")
        stated.base.reasoning = ExactDecimal(jsonNumber: "2e-05")
        #expect(
            stated.price()
                == ModelPrice(input: 1_250_000_000, output: 10_000_000_000, cachedInput: 125_000_000, cacheWrite: 0, reasoning: 20_000_000_000))
    }

    @Test("more than fifteen decimals are rounded up, so that nothing is cheaper than stated")
    func tooPrecise() {
        var stated = StatedPrice()
        stated.base.input = ExactDecimal(jsonNumber: "1.0000000001e-06")
        stated.base.output = ExactDecimal(jsonNumber: "1e-18")
        #expect(stated.price() == ModelPrice(input: 1_000_000_001, output: 1))
    }

    @Test("a price that does not fit makes the entry unusable, whichever it is", arguments: 0..<5)
    func tooLarge(part: Int) {
        let huge = ExactDecimal(jsonNumber: "10000")
        let small = ExactDecimal(jsonNumber: "1e-06")
        var stated = StatedPrice()
        stated.base.input = part == 0 ? huge : small
        stated.base.output = part == 1 ? huge : small
        stated.base.cachedInput = part == 2 ? huge : nil
        stated.base.cacheWrite = part == 3 ? huge : nil
        stated.base.reasoning = part == 4 ? huge : nil
        #expect(stated.price() == nil)
    }
}
