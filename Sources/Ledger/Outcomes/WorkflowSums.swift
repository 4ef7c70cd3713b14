/// What a workflow used and brought about in some time. Sums stay at the largest number that fits.
public struct WorkflowSums: Hashable, Sendable {
    /// In nano-units: all charges of the workflow's calls, direct ones among them.
    public var cost: Int64 = 0
    public var modelCalls: Int64 = 0
    public var toolCalls: Int64 = 0

    /// How many results there were.
    public var outcomes: Int64 = 0
    /// What they are worth, in nano-units; nil where nobody said.
    public var value: Int64?
    /// Quality in thousandths times results, over the results whose quality was told.
    public var quality: Int128 = 0
    public var judged: Int64 = 0
    /// In thousandths of a minute.
    public var humanMinutes: Int64 = 0
    public var reworkMinutes: Int64 = 0

    public init() {}

    public mutating func add(_ other: WorkflowSums) {
        cost = Self.sum(cost, other.cost)
        modelCalls = Self.sum(modelCalls, other.modelCalls)
        toolCalls = Self.sum(toolCalls, other.toolCalls)
        outcomes = Self.sum(outcomes, other.outcomes)
        if let value = other.value { self.value = Self.sum(self.value ?? 0, value) }
        quality += other.quality
        judged = Self.sum(judged, other.judged)
        humanMinutes = Self.sum(humanMinutes, other.humanMinutes)
        reworkMinutes = Self.sum(reworkMinutes, other.reworkMinutes)
    }

    /// In thousandths, over the results whose quality was told.
    public var meanQuality: Int64? { judged > 0 ? Int64(clamping: quality / Int128(judged)) : nil }

    public var isEmpty: Bool { self == WorkflowSums() }

    private static func sum(_ a: Int64, _ b: Int64) -> Int64 {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? .max : sum
    }
}
