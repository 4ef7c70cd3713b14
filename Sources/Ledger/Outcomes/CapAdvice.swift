/// Whether an envelope of a workflow earned a higher or a lower limit, and why.
public struct CapAdvice: Hashable, Sendable {
    public enum Direction: String, CaseIterable, Sendable {
        case higher, lower, keep
    }

    /// An envelope as it stands in its present window.
    public struct Standing: Hashable, Sendable {
        public let envelope: String
        /// In nano-units, over all its balances.
        public let limit: Int64
        public let used: Int64
        /// How much of the window is over, in thousandths; nil for one without an end.
        public let elapsed: Int64?

        public init(envelope: String, limit: Int64, used: Int64, elapsed: Int64?) {
            self.envelope = envelope
            self.limit = limit
            self.used = used
            self.elapsed = elapsed
        }
    }

    /// Fewer results than this prove nothing.
    public static let minimumOutcomes: Int64 = 20

    public let envelope: String
    public let direction: Direction
    /// In nano-units; nil where the limit should stay.
    public let suggested: Int64?
    public let reasons: [String]

    /// - Parameters:
    ///   - economics: of the workflow in the reported time, and `before` of as long a time before it.
    public init(_ standing: Standing, workflow: Workflow, economics: UnitEconomics, before: UnitEconomics) {
        envelope = standing.envelope
        let verdict = Self.verdict(standing, workflow, economics, before)
        direction = verdict.direction
        suggested = verdict.suggested
        reasons = verdict.reasons
    }

    private typealias Verdict = (direction: Direction, suggested: Int64?, reasons: [String])

    private static func verdict(_ standing: Standing, _ workflow: Workflow, _ now: UnitEconomics, _ before: UnitEconomics) -> Verdict {
        guard let unit = now.costPerOutcome, now.sums.outcomes >= minimumOutcomes else {
            return (.keep, nil, ["\(now.sums.outcomes) results were told; \(minimumOutcomes) are needed to judge"])
        }
        guard let target = (workflow.targetCost ?? workflow.humanCost)?.nanos, target > 0 else {
            return (.keep, nil, ["the policy names neither target_cost nor human_cost, so nothing tells what a result may cost"])
        }
        let compared = "a result costs \(Ratio.money(unit)); \(workflow.targetCost == nil ? "people" : "the target") \(Ratio.money(target))"
        if Int128(unit) * 5 > Int128(target) * 6 {
            return (.lower, Ratio.scaled(standing.limit, target, unit), [compared, "at the target the same results fit in less"])
        }
        if let roi = now.returnOnInvestment, roi < 0 {
            return (.lower, Ratio.scaled(standing.limit, 10_000 + max(roi, -9_999), 10_000), [compared, "the results are worth less than they cost"])
        }
        let used = Ratio.thousandths(standing.used, of: standing.limit)
        if let elapsed = standing.elapsed, elapsed >= 500, used * 2 < elapsed {
            let needed = Ratio.scaled(Ratio.scaled(standing.used, 1_000, elapsed), 12, 10)
            return (.lower, min(needed, standing.limit), [compared, "\(used / 10) % is used and \(elapsed / 10) % of the window is over"])
        }
        guard unit <= target, used >= 800 else {
            return (.keep, nil, [compared, "\(used / 10) % is used"])
        }
        if let quality = now.sums.meanQuality, let base = before.sums.meanQuality, quality + 20 < base {
            return (.keep, nil, [compared, "quality fell from \(thousandths(base)) to \(thousandths(quality))"])
        }
        return (.higher, Ratio.scaled(standing.limit, 5, 4), [compared, "\(used / 10) % is used", "quality did not fall"])
    }

    private static func thousandths(_ value: Int64) -> String { ExactDecimal.text(value, scale: 3) }
}
