/// A workflow whose results got worse from one week to the next, and in what.
public struct WorkflowDecline: Hashable, Sendable {
    /// By which the cost of a result must rise to be told, in hundredths of a per cent; and so must rework for each.
    public static let costRise: Int64 = 1_000
    /// By which quality must fall to be told, in thousandths: less is the noise of a few judgements.
    public static let qualityFall: Int64 = 20

    public let workflow: String
    public let owner: String?
    public let targetCost: Money?
    public let now: UnitEconomics
    public let before: UnitEconomics
    public let reasons: [String]

    /// - Returns: nil where nothing got worse, or too few results tell.
    public init?(_ name: String, workflow: Workflow?, now: UnitEconomics, before: UnitEconomics) {
        guard now.sums.outcomes >= CapAdvice.minimumOutcomes, before.sums.outcomes >= CapAdvice.minimumOutcomes else { return nil }
        var reasons: [String] = []
        if let rise = now.change(from: before), rise >= Self.costRise, let cost = now.costPerOutcome, let base = before.costPerOutcome {
            reasons.append("a result costs \(Ratio.money(cost)) after \(Ratio.money(base)), \(rise / 100) % more")
        }
        if let target = workflow?.targetCost?.nanos, let cost = now.costPerOutcome, let base = before.costPerOutcome, cost > target, base <= target {
            reasons.append("a result costs more than its target of \(Ratio.money(target))")
        }
        if let quality = now.sums.meanQuality, let base = before.sums.meanQuality, quality + Self.qualityFall < base {
            reasons.append("quality fell from \(Self.thousandths(base)) to \(Self.thousandths(quality))")
        }
        let (rework, base) = (Self.rework(now.sums), Self.rework(before.sums))
        // A tenth of a minute more is nobody's time.
        if rework > base + 100, Int128(rework) * 10_000 > Int128(base) * Int128(10_000 + Self.costRise) {
            reasons.append("rework rose from \(Self.thousandths(base)) to \(Self.thousandths(rework)) minutes a result")
        }
        guard !reasons.isEmpty else { return nil }
        self.workflow = name
        owner = workflow?.owner
        targetCost = workflow?.targetCost
        self.now = now
        self.before = before
        self.reasons = reasons
    }

    /// Thousandths of a minute a result.
    private static func rework(_ sums: WorkflowSums) -> Int64 { sums.outcomes > 0 ? sums.reworkMinutes / sums.outcomes : 0 }

    private static func thousandths(_ value: Int64) -> String { ExactDecimal.text(value, scale: 3) }
}
