/// What some settlements add up to. Sums stay at the largest number that fits.
public struct UsageSums: Hashable, Sendable {
    public internal(set) var facts: Int64 = 0
    /// Of models.
    public internal(set) var calls: Int64 = 0
    public internal(set) var toolCalls: Int64 = 0
    public internal(set) var failed: Int64 = 0
    public internal(set) var empty: Int64 = 0
    /// Holds that were released or expired.
    public internal(set) var unused: Int64 = 0
    /// Nano-units.
    public internal(set) var cost: Int64 = 0
    public internal(set) var tokens: Int64 = 0
    public internal(set) var inputTokens: Int64 = 0
    public internal(set) var cachedTokens: Int64 = 0
    public internal(set) var outputTokens: Int64 = 0
    public internal(set) var reasoningTokens: Int64 = 0
    public internal(set) var latencyMilliseconds: Int64 = 0
    /// The calls whose latency was told.
    public internal(set) var timed: Int64 = 0

    /// Nothing.
    public static let none = UsageSums()

    /// Of models and tools.
    public var allCalls: Int64 {
        var sum = calls
        Self.add(&sum, toolCalls)
        return sum
    }

    static func += (a: inout UsageSums, b: UsageSums) {
        add(&a.facts, b.facts)
        add(&a.calls, b.calls)
        add(&a.toolCalls, b.toolCalls)
        add(&a.failed, b.failed)
        add(&a.empty, b.empty)
        add(&a.unused, b.unused)
        add(&a.cost, b.cost)
        add(&a.tokens, b.tokens)
        add(&a.inputTokens, b.inputTokens)
        add(&a.cachedTokens, b.cachedTokens)
        add(&a.outputTokens, b.outputTokens)
        add(&a.reasoningTokens, b.reasoningTokens)
        add(&a.latencyMilliseconds, b.latencyMilliseconds)
        add(&a.timed, b.timed)
    }

    /// The columns of a row of sums, in the order of the tables.
    static var columns: [WritableKeyPath<UsageSums, Int64>] {
        [
            \.calls, \.toolCalls, \.failed, \.empty, \.unused, \.cost, \.tokens, \.inputTokens, \.cachedTokens, \.outputTokens,
            \.reasoningTokens, \.latencyMilliseconds, \.timed,
        ]
    }

    /// Takes what both have, column by column, out of both.
    static func take(from a: inout UsageSums, and b: inout UsageSums) -> UsageSums {
        var taken = UsageSums()
        for column in columns {
            let amount = min(a[keyPath: column], b[keyPath: column])
            taken[keyPath: column] = amount
            a[keyPath: column] -= amount
            b[keyPath: column] -= amount
        }
        return taken
    }

    static func add(_ a: inout Int64, _ b: Int64) {
        let (sum, overflow) = a.addingReportingOverflow(b)
        a = overflow ? .max : sum
    }
}
