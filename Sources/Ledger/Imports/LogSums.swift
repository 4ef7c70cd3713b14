/// What some imported calls add up to. Sums stay at the largest number that fits.
public struct LogSums: Hashable, Sendable {
    /// Of models.
    public var calls: Int64
    public var toolCalls: Int64
    public var failed: Int64
    public var cost: Money
    public var tokens: Int64

    public init(calls: Int64 = 0, toolCalls: Int64 = 0, failed: Int64 = 0, cost: Money = .zero, tokens: Int64 = 0) {
        self.calls = calls
        self.toolCalls = toolCalls
        self.failed = failed
        self.cost = cost
        self.tokens = tokens
    }

    /// Of models and tools.
    public var allCalls: Int64 { Self.sum(calls, toolCalls) }

    public static func += (a: inout LogSums, b: LogSums) {
        a.calls = sum(a.calls, b.calls)
        a.toolCalls = sum(a.toolCalls, b.toolCalls)
        a.failed = sum(a.failed, b.failed)
        a.cost.nanos = sum(a.cost.nanos, b.cost.nanos)
        a.tokens = sum(a.tokens, b.tokens)
    }

    static func sum(_ a: Int64, _ b: Int64) -> Int64 {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? .max : sum
    }
}
