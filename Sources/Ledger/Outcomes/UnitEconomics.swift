/// What one result of a workflow costs, and whether it is worth that.
public struct UnitEconomics: Hashable, Sendable {
    public let sums: WorkflowSums
    public let cost: WorkflowCost
    /// Nano-units a result, rounded up; nil without a result.
    public let costPerOutcome: Int64?
    /// What the results are worth: as told, else what they would have cost done by people; nil where neither is known.
    public let benefit: Int64?

    /// - Parameters:
    ///   - workflow: the policy's words on it; nil where it has none.
    ///   - seconds: how long the time is that the sums are of.
    public init(_ sums: WorkflowSums, workflow: Workflow?, seconds: Int64) {
        self.sums = sums
        cost = WorkflowCost(sums, rates: workflow?.rates ?? [:], seconds: seconds)
        costPerOutcome = sums.outcomes > 0 ? cost.total / sums.outcomes + (cost.total % sums.outcomes > 0 ? 1 : 0) : nil
        benefit = sums.value ?? workflow?.humanCost.map { Int64(clamping: Int128($0.nanos) * Int128(sums.outcomes)) }
    }

    /// `(benefit − cost) ÷ cost` in ten-thousandths, rounded down; nil where there is no cost or the benefit is not known.
    public var returnOnInvestment: Int64? {
        guard let benefit, cost.total > 0 else { return nil }
        let part = (Int128(benefit) - Int128(cost.total)) * 10_000
        let (quotient, remainder) = part.quotientAndRemainder(dividingBy: Int128(cost.total))
        return Int64(clamping: remainder < 0 ? quotient - 1 : quotient)
    }

    /// How the cost of a result moved from what it was before, in hundredths of a percent; nil where there is nothing to
    /// compare with.
    public func change(from before: UnitEconomics) -> Int64? {
        guard let costPerOutcome, let base = before.costPerOutcome, base > 0 else { return nil }
        return Int64(clamping: (Int128(costPerOutcome) - Int128(base)) * 10_000 / Int128(base))
    }
}
