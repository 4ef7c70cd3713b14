/// The kinds of tokens that are priced apart. Each token of a call is of one of them.
public enum TokenKind: String, CaseIterable, Sendable {
    case input
    case cachedInput = "cached_input"
    case cacheWrite = "cache_write"
    case output
    case reasoning

    /// For people: `Input Tokens`.
    public var title: String {
        switch self {
        case .input: "Input Tokens"
        case .cachedInput: "Cached Input Tokens"
        case .cacheWrite: "Cache Write Tokens"
        case .output: "Output Tokens"
        case .reasoning: "Reasoning Tokens"
        }
    }
}

extension TokenUsage {
    /// How many tokens are of a kind; the kinds add up to the total.
    public subscript(kind: TokenKind) -> Int64 {
        switch kind {
        case .input: input - cachedInput - cacheWrite
        case .cachedInput: cachedInput
        case .cacheWrite: cacheWrite
        case .output: output - reasoning
        case .reasoning: reasoning
        }
    }
}

extension ModelPrice {
    /// What a token of a kind costs within a call, in units of 1e-15 of the currency: by the tier of its input tokens.
    public func price(of kind: TokenKind, in usage: TokenUsage) -> Int64 {
        let tier = tiers.last { usage.input > $0.aboveInputTokens }
        let input = tier?.input ?? input
        let output = tier?.output ?? output
        switch kind {
        case .input: return input
        case .cachedInput: return tier?.cachedInput ?? cachedInput ?? input
        case .cacheWrite: return tier?.cacheWrite ?? cacheWrite ?? input
        case .output: return output
        case .reasoning: return tier?.reasoning ?? reasoning ?? output
        }
    }
}
