/// The kinds of tokens that have a price of their own.
public enum TokenRate: CaseIterable, Sendable {
    case input, output, cachedInput, cacheWrite, reasoning
}
