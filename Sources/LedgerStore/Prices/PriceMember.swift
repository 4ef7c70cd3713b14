internal import Ledger

/// Which number of a price a member of a file's entry states, by its name in the LiteLLM price catalogue.
enum PriceMember: Equatable {
    case base(TokenRate)
    /// The name ends in `_above_<N>k_tokens`.
    case tier(TokenRate, aboveInputTokens: Int64)
    /// A tier whose threshold cannot be read. Without it long calls would be too cheap.
    case unreadableTier

    private static let names: [(name: String, rate: TokenRate)] = [
        ("input_cost_per_token", .input), ("output_cost_per_token", .output), ("cache_read_input_token_cost", .cachedInput),
        ("cache_creation_input_token_cost", .cacheWrite), ("output_cost_per_reasoning_token", .reasoning),
    ]
    private static let infix = "_above_"
    private static let suffix = "_tokens"

    /// Nil for members that state no price per token, or one of another service: batches, priority, an hour in the cache.
    init?(_ member: String) {
        guard let (name, rate) = Self.names.first(where: { member.hasPrefix($0.name) }) else { return nil }
        let rest = member.dropFirst(name.count)
        if rest.isEmpty {
            self = .base(rate)
            return
        }
        guard rest.hasPrefix(Self.infix), rest.hasSuffix(Self.suffix), rest.count > Self.infix.count + Self.suffix.count else { return nil }
        let threshold = rest.dropFirst(Self.infix.count).dropLast(Self.suffix.count)
        // `1hr_above_200k`: the price of something else.
        guard !threshold.contains("_") else { return nil }
        self = Self.tokens(threshold).map { .tier(rate, aboveInputTokens: $0) } ?? .unreadableTier
    }

    /// `200k` as 200,000; at most `TokenUsage.maximum`.
    private static func tokens(_ text: Substring) -> Int64? {
        let digits = text.dropLast()
        guard text.hasSuffix("k"), (1...9).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }), digits.first != "0"
        else { return nil }
        return Int64(digits).map { $0 * 1_000 }
    }
}
