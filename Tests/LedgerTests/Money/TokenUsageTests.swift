import Ledger
import Testing

@Suite("Token counts")
struct TokenUsageTests {
    @Test("parts are counted with their whole, not beside it")
    func total() {
        #expect(TokenUsage(input: 100, output: 50, cachedInput: 80, cacheWrite: 20, reasoning: 50).total == 150)
        #expect(TokenUsage(input: TokenUsage.maximum, output: TokenUsage.maximum).total == 2 * TokenUsage.maximum)
    }

    @Test("a part may be its whole, but not more")
    func contradiction() {
        #expect(TokenUsage(input: 100, output: 50, cachedInput: 80, cacheWrite: 20, reasoning: 50).contradiction == nil)
        #expect(TokenUsage(input: 100, output: 50, cachedInput: 80, cacheWrite: 21).contradiction?.contains("cached_input_tokens") == true)
        #expect(TokenUsage(input: 100, output: 50, cachedInput: 101).contradiction?.contains("input_tokens") == true)
        #expect(TokenUsage(input: 100, output: 50, reasoning: 51).contradiction?.contains("reasoning_tokens") == true)
        let most = TokenUsage.maximum
        #expect(TokenUsage(input: most, output: most, cachedInput: most, cacheWrite: most, reasoning: most).contradiction != nil)
    }
}
