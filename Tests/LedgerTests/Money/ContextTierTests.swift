import Foundation
import Ledger
import Testing

@Suite("Prices of long contexts")
struct ContextTierTests {
    /// 3 and 15 per million tokens, above 200,000 input tokens 6 and 22.5.
    private static let tiered = ModelPrice(
        input: 3_000_000_000, output: 15_000_000_000,
        tiers: [ContextTier(aboveInputTokens: 200_000, input: 6_000_000_000, output: 22_500_000_000)])

    @Test("at the threshold the base holds, one token above it the tier prices every token, output among them")
    func threshold() {
        #expect(Self.tiered.cost(of: TokenUsage(input: 200_000, output: 1_000))?.description == "0.615")
        // 200,001 × 6e-06 + 1,000 × 2.25e-05
        #expect(Self.tiered.cost(of: TokenUsage(input: 200_001, output: 1_000))?.description == "1.222506")
        #expect(Self.tiered.cost(of: TokenUsage(input: 0, output: 300_000))?.description == "4.5")
    }

    @Test("cached tokens and those written to the cache count towards the threshold")
    func wholeInput() {
        let cached = TokenUsage(input: 200_001, output: 0, cachedInput: 150_000, cacheWrite: 50_000)
        #expect(Self.tiered.cost(of: cached)?.description == "1.200006")
    }

    @Test("of several tiers the highest that is exceeded holds, in whichever order they were given")
    func several() {
        let tiers = [(128_000, 2), (200_000, 4), (1_000, 1)].map { ContextTier(aboveInputTokens: $0, input: $1 * 1_000_000_000) }
        let price = ModelPrice(input: 500_000_000, output: 0, tiers: tiers)
        let costs = [1_000, 1_001, 128_000, 128_001, 200_000, 200_001].map { price.cost(of: TokenUsage(input: $0))?.description }
        #expect(costs == ["0.0005", "0.001001", "0.128", "0.256002", "0.4", "0.800004"])
        #expect(price == ModelPrice(input: 500_000_000, output: 0, tiers: tiers.reversed()))
    }

    @Test("a price that the tier does not state is the base's; without one there, that of the whole the tokens are part of")
    func fallBack() {
        let usage = TokenUsage(input: 300_000, output: 1_000, cachedInput: 100_000, cacheWrite: 50_000, reasoning: 400)
        var tier = ContextTier(aboveInputTokens: 200_000, input: 6_000_000_000)
        var base = ModelPrice(input: 3_000_000_000, output: 15_000_000_000, tiers: [tier])
        // Everything in at 6e-06; out at 1.5e-05.
        #expect(base.cost(of: usage)?.description == "1.815")
        base.cachedInput = 300_000_000
        base.cacheWrite = 3_750_000_000
        base.reasoning = 20_000_000_000
        // 150,000 × 6e-06 + 100,000 × 3e-07 + 50,000 × 3.75e-06 + 600 × 1.5e-05 + 400 × 2e-05
        #expect(base.cost(of: usage)?.description == "1.1345")
        (tier.output, tier.cachedInput, tier.cacheWrite, tier.reasoning) = (22_500_000_000, 600_000_000, 7_500_000_000, 30_000_000_000)
        let full = ModelPrice(
            input: base.input, output: base.output, cachedInput: base.cachedInput, cacheWrite: base.cacheWrite, reasoning: base.reasoning,
            tiers: [tier])
        // 150,000 × 6e-06 + 100,000 × 6e-07 + 50,000 × 7.5e-06 + 600 × 2.25e-05 + 400 × 3e-05
        #expect(full.cost(of: usage)?.description == "1.3605")
        #expect(full.cost(of: TokenUsage(input: 200_000, output: 1_000))?.description == "0.615")
    }

    @Test("the sum is rounded up once in a tier too, and what does not fit is nil")
    func rounding() {
        let tier = ContextTier(aboveInputTokens: 1, input: 75_000, output: 75_000, cachedInput: 75_000, reasoning: 75_000)
        let price = ModelPrice(input: 0, output: 0, tiers: [tier])
        // Four parts of 0.075 nano-units are 0.3, so 1; rounded apart they would be 4.
        #expect(price.cost(of: TokenUsage(input: 2, output: 2, cachedInput: 1, reasoning: 1))?.nanos == 1)
        let huge = ModelPrice(input: 1, output: 1, tiers: [ContextTier(aboveInputTokens: 1_000_000, input: .max)])
        #expect(huge.cost(of: TokenUsage(input: 1_000_000))?.nanos == 1)
        #expect(huge.cost(of: TokenUsage(input: 1_000_001)) == nil)
    }

    @Test("agrees with decimal arithmetic done another way")
    func oracle() throws {
        var random = SplitMix64.announced("Cost of long contexts")
        for _ in 0..<1_000 {
            var stated = StatedPrice()
            let base = TokenRate.allCases.map { _ in "\(random.number(0...99_999))e-\(random.number(5...15))" }
            for (kind, number) in zip(TokenRate.allCases, base) { stated.base[kind] = ExactDecimal(jsonNumber: number) }
            var tiers: [(above: Int64, numbers: [String?])] = []
            for above in [1_000, 2_000, 3_000] as [Int64] where random.chance(60) {
                let numbers = base.map { _ in random.chance(70) ? "\(random.number(0...99_999))e-\(random.number(5...15))" : nil }
                tiers.append((above, numbers))
                stated.tiers[above] = StatedRates()
                for (kind, number) in zip(TokenRate.allCases, numbers) {
                    stated.tiers[above]?[kind] = number.flatMap { ExactDecimal(jsonNumber: $0) }
                }
            }
            let parts = base.map { _ in random.number(0...1_500) }
            let usage = TokenUsage(
                input: parts[0] + parts[2] + parts[3], output: parts[1] + parts[4], cachedInput: parts[2], cacheWrite: parts[3], reasoning: parts[4])
            let numbers = tiers.last { usage.input > $0.above }?.numbers ?? base
            var exact = Decimal(0)
            for (index, count) in parts.enumerated() {
                exact += try #require(Decimal(string: numbers[index] ?? base[index])) * Decimal(count)
            }
            exact *= Decimal(1_000_000_000)
            var nanos = Decimal()
            NSDecimalRound(&nanos, &exact, 0, .up)
            let cost = try #require(stated.price()?.cost(of: usage))
            #expect(cost.nanos.description == nanos.description, "seed \(random.seed): \(base) \(tiers) × \(parts)")
        }
    }
}
