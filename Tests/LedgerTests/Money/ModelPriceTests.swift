import Foundation
import Ledger
import Testing

@Suite("The cost of a model call")
struct ModelPriceTests {
    /// A price from the numbers of a price file.
    static func price(_ input: String, _ output: String, cached: String? = nil, write: String? = nil, reasoning: String? = nil) throws -> ModelPrice {
        var stated = StatedPrice()
        stated.base.input = ExactDecimal(jsonNumber: input)
        stated.base.output = ExactDecimal(jsonNumber: output)
        stated.base.cachedInput = cached.flatMap { ExactDecimal(jsonNumber: $0) }
        stated.base.cacheWrite = write.flatMap { ExactDecimal(jsonNumber: $0) }
        stated.base.reasoning = reasoning.flatMap { ExactDecimal(jsonNumber: $0) }
        return try #require(stated.price())
    }

    @Test("the example of the design: 1,200 and 800 tokens at 1.25e-06 and 1e-05 hold 0.0095")
    func example() throws {
        let cost = try Self.price("1.25e-06", "1e-05").cost(of: TokenUsage(input: 1_200, output: 800))
        #expect(cost?.description == "0.0095")
    }

    @Test("rounds up once, at the end, not once a part")
    func roundsUpOnce() throws {
        let price = try Self.price("7.5e-11", "7.5e-11", cached: "7.5e-11", reasoning: "7.5e-11")
        // Four parts of 0.075 nano-units are 0.3, so 1; rounded apart they would be 4.
        #expect(price.cost(of: TokenUsage(input: 2, output: 2, cachedInput: 1, reasoning: 1))?.nanos == 1)
        // 13 × 0.075 + 1 × 0.025 is one nano-unit exactly.
        let exact = try Self.price("7.5e-11", "2.5e-11")
        #expect(exact.cost(of: TokenUsage(input: 13, output: 1))?.nanos == 1)
        #expect(exact.cost(of: TokenUsage(input: 13, output: 2))?.nanos == 2)
    }

    @Test("one token at 7.5e-08 is 75 nano-units, one at 1e-15 is one")
    func smallest() throws {
        #expect(try Self.price("7.5e-08", "0").cost(of: TokenUsage(input: 1))?.nanos == 75)
        #expect(try Self.price("1e-15", "0").cost(of: TokenUsage(input: 1))?.nanos == 1)
        #expect(try Self.price("1e-15", "0").cost(of: TokenUsage(input: 1_000_000))?.nanos == 1)
        #expect(try Self.price("1e-15", "0").cost(of: TokenUsage(input: 1_000_001))?.nanos == 2)
        #expect(try Self.price("1.25e-06", "1e-05").cost(of: TokenUsage())?.nanos == 0)
        #expect(try Self.price("0", "0").cost(of: TokenUsage(input: 1_000, output: 1_000))?.nanos == 0)
    }

    @Test("every part has its own price, and without one that of the whole")
    func parts() throws {
        let usage = TokenUsage(input: 1_000, output: 100, cachedInput: 600, cacheWrite: 100, reasoning: 40)
        let plain = try Self.price("3e-06", "1.5e-05")
        #expect(plain.cost(of: usage)?.description == "0.0045")
        let full = try Self.price("3e-06", "1.5e-05", cached: "3e-07", write: "3.75e-06", reasoning: "2e-05")
        // 300 × 3e-06 + 600 × 3e-07 + 100 × 3.75e-06 + 60 × 1.5e-05 + 40 × 2e-05
        #expect(full.cost(of: usage)?.description == "0.003155")
        let freeCache = try Self.price("3e-06", "1.5e-05", cached: "0")
        #expect(freeCache.cost(of: usage)?.description == "0.0027")
    }

    @Test("a cost beyond what an amount can hold is nil, never a wrapped sum")
    func overflow() {
        let most = TokenUsage(input: TokenUsage.maximum, output: TokenUsage.maximum)
        #expect(ModelPrice(input: .max, output: .max).cost(of: most) == nil)
        #expect(ModelPrice(input: .max, output: 0).cost(of: TokenUsage(input: 1_000_000))?.nanos == .max)
        #expect(ModelPrice(input: .max, output: 1).cost(of: TokenUsage(input: 1_000_000, output: 1)) == nil)
        #expect(ModelPrice(input: .max, output: 0).cost(of: TokenUsage(input: 1_000_001)) == nil)
    }

    @Test("agrees with decimal arithmetic done another way")
    func oracle() throws {
        var random = SplitMix64.announced("Cost of tokens")
        for _ in 0..<1_000 {
            let numbers = (0..<5).map { _ in "\(random.number(0...99_999))e-\(random.number(5...15))" }
            let price = try Self.price(numbers[0], numbers[1], cached: numbers[2], write: numbers[3], reasoning: numbers[4])
            let parts = (0..<5).map { _ in random.number(0...Int64(1) << random.number(1...20)) }
            let usage = TokenUsage(
                input: parts[0] + parts[2] + parts[3], output: parts[1] + parts[4], cachedInput: parts[2], cacheWrite: parts[3], reasoning: parts[4])
            var exact = Decimal(0)
            for (number, count) in zip(numbers, parts) { exact += try #require(Decimal(string: number)) * Decimal(count) }
            exact *= Decimal(1_000_000_000)
            var nanos = Decimal()
            NSDecimalRound(&nanos, &exact, 0, .up)
            #expect(try #require(price.cost(of: usage)).nanos.description == nanos.description, "seed \(random.seed): \(numbers) × \(parts)")
        }
    }
}
