import Ledger
import Testing

@Suite("A charge is divided among its kinds of tokens")
struct CostSplitTests {
    private static let price = ModelPrice(
        input: 1_250_000_000, output: 10_000_000_000, cachedInput: 125_000_000, reasoning: 11_000_000_000,
        tiers: [ContextTier(aboveInputTokens: 1_000, input: 2_500_000_000)])

    @Test("in proportion to the list costs, in the order of the kinds")
    func proportions() {
        let usage = TokenUsage(input: 1_000, output: 500, cachedInput: 400, cacheWrite: 100, reasoning: 200)
        let split = CostSplit(Money(nanos: 5_925_000), usage: usage, price: Self.price)
        #expect(split.parts.map(\.kind) == [.input, .cachedInput, .cacheWrite, .output, .reasoning])
        #expect(split.parts.map(\.tokens) == [500, 400, 100, 300, 200])
        // 500 · 1.25 + 400 · 0.125 + 100 · 1.25 + 300 · 10 + 200 · 11 = 6,000 micro-units
        #expect(split.parts.map(\.listCost).reduce(0, +) == 6_000_000_000_000)
        #expect(split.parts.map(\.cost.nanos) == [617_188, 49_375, 123_437, 2_962_500, 2_172_500])
    }

    @Test("by the tier of the call's input tokens")
    func tiers() {
        let parts = CostSplit(Money(nanos: 7), usage: TokenUsage(input: 1_001), price: Self.price).parts
        #expect(parts.map(\.price) == [2_500_000_000])
    }

    @Test("a free model's charge goes by the numbers of tokens; without tokens there is nothing to divide among")
    func free() {
        let free = ModelPrice(input: 0, output: 0)
        #expect(CostSplit(Money(nanos: 8), usage: TokenUsage(input: 3, output: 1), price: free).parts.map(\.cost.nanos) == [6, 2])
        #expect(CostSplit(Money(nanos: 8), usage: TokenUsage(), price: free).parts.isEmpty)
    }

    @Test("the parts add up exactly, however odd or large the charge")
    func sums() {
        var random = SplitMix64.announced("CostSplitTests")
        for _ in 0..<2_000 {
            let input = random.number(0...TokenUsage.maximum)
            let cached = random.number(0...input)
            let output = random.number(0...TokenUsage.maximum)
            let usage = TokenUsage(input: input, output: output, cachedInput: cached, reasoning: random.number(0...output))
            guard usage.total > 0 else { continue }
            let price = ModelPrice(
                input: random.number(0...Int64.max), output: random.number(0...Int64.max), cachedInput: random.chance(50) ? random.number(0...5) : nil
            )
            let charge = random.chance(50) ? random.number(0...Int64.max) : random.number(0...9)
            let split = CostSplit(Money(nanos: charge), usage: usage, price: price)
            #expect(split.parts.reduce(Int128(0)) { $0 + Int128($1.cost.nanos) } == Int128(charge))
            #expect(split.parts.allSatisfy { $0.cost.nanos >= 0 })
            #expect(split.parts.reduce(Int64(0)) { $0 + $1.tokens } == usage.total)
        }
    }
}
