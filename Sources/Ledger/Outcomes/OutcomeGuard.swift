/// Judges a trial of a cheaper route by what came of it: it is kept when its results stayed as good for two cycles, rolled back
/// at once when people have to do more over, or when quality falls, and rolled back too when nobody tells enough to judge.
public enum OutcomeGuard {
    /// So many cycles in which nothing got worse have a trial kept.
    public static let cyclesToKeep = 2
    /// After so many a trial that was not kept is rolled back for want of evidence.
    public static let maximumCycles = 6
    /// Fewer results than this prove nothing; the same number of them must have their quality told.
    public static let minimumOutcomes = CapAdvice.minimumOutcomes
    /// By which rework for each result may rise, in per cent: less comes and goes from week to week.
    public static let reworkPercent: Int64 = 10
    /// And in thousandths of a minute, so that three seconds on next to nothing are no rise.
    public static let reworkMinutes: Int64 = 50
    /// By which mean quality may fall, in thousandths: less is the noise of a few judgements.
    public static let qualityFall: Int64 = 20

    public enum Finding: String, CaseIterable, Sendable {
        case flat, worse
        /// Too few results were told, or too few of them judged.
        case tooFew = "too_few"
    }

    /// Of a trial.
    public enum State: String, CaseIterable, Sendable {
        case trying, kept
        case rolledBack = "rolled_back"
        /// By a person.
        case ended
    }

    public struct Judgement: Hashable, Sendable {
        public let finding: Finding
        /// Of the trial from now on.
        public let state: State
        /// With the numbers that it rests on.
        public let reason: String
    }

    /// Judges the cycle that is over.
    ///
    /// - Parameters:
    ///   - cycle: what it was like; `number` is its place, from 1 on.
    ///   - baseline: of the two cycles before the trial.
    ///   - flatBefore: how many cycles before it were flat.
    public static func judge(_ cycle: WorkflowSums, number: Int64, baseline: WorkflowSums, flatBefore: Int) -> Judgement {
        let (finding, findingReason) = compare(cycle, with: baseline)
        let text = "cycle \(number): \(findingReason)"
        switch finding {
        case .worse: return Judgement(finding: finding, state: .rolledBack, reason: text)
        case .flat where flatBefore + 1 >= cyclesToKeep:
            return Judgement(finding: finding, state: .kept, reason: "\(text); nothing got worse in \(flatBefore + 1) cycles")
        case .flat, .tooFew:
            guard number < Int64(maximumCycles) else {
                return Judgement(
                    finding: finding, state: .rolledBack,
                    reason: "\(text); after \(number) cycles \(flatBefore + (finding == .flat ? 1 : 0)) of \(cyclesToKeep) that are needed were flat")
            }
            return Judgement(finding: finding, state: .trying, reason: text)
        }
    }

    // MARK: - Comparing

    private static func compare(_ cycle: WorkflowSums, with baseline: WorkflowSums) -> (Finding, String) {
        for (sums, place) in [(baseline, "before the trial"), (cycle, "in the cycle")] where sums.outcomes < minimumOutcomes {
            return (.tooFew, "\(sums.outcomes) results were told \(place); \(minimumOutcomes) are needed to judge")
        }
        let counts = "\(cycle.outcomes) results after \(baseline.outcomes)"
        let rework = "from \(perResult(baseline)) to \(perResult(cycle)) minutes a result"
        guard !reworkRose(cycle, baseline) else {
            return (.worse, "rework rose \(rework), more than \(reworkPercent) % and \(minutes(reworkMinutes)) minutes (\(counts))")
        }
        for (sums, place) in [(baseline, "before the trial"), (cycle, "in the cycle")] where sums.judged < minimumOutcomes {
            return (.tooFew, "the quality of \(sums.judged) results was told \(place); \(minimumOutcomes) are needed to judge")
        }
        let quality = "from \(thousandths(baseline.meanQuality)) to \(thousandths(cycle.meanQuality))"
        guard !qualityFell(cycle, baseline) else {
            return (.worse, "quality fell \(quality), by more than \(thousandths(qualityFall)) (\(counts))")
        }
        return (.flat, "quality went \(quality) and rework \(rework) (\(counts))")
    }

    private static func reworkRose(_ cycle: WorkflowSums, _ baseline: WorkflowSums) -> Bool {
        let now = mean(Int128(cycle.reworkMinutes), cycle.outcomes)
        let before = mean(Int128(baseline.reworkMinutes), baseline.outcomes)
        return now * 100 > before * Int128(100 + reworkPercent) && now - before > Int128(reworkMinutes) * 1_000
    }

    private static func qualityFell(_ cycle: WorkflowSums, _ baseline: WorkflowSums) -> Bool {
        mean(baseline.quality, baseline.judged) - mean(cycle.quality, cycle.judged) > Int128(qualityFall) * 1_000
    }

    /// In thousandths of what the sum is in, so that rounding decides nothing that anybody sees.
    private static func mean(_ sum: Int128, _ count: Int64) -> Int128 { count > 0 ? sum * 1_000 / Int128(count) : 0 }

    // MARK: - Words

    private static func perResult(_ sums: WorkflowSums) -> String { minutes(sums.outcomes > 0 ? sums.reworkMinutes / sums.outcomes : 0) }

    private static func minutes(_ thousandths: Int64) -> String { ExactDecimal.text(thousandths, scale: 3) }

    private static func thousandths(_ value: Int64?) -> String { value.map { ExactDecimal.text($0, scale: 3) } ?? "nothing" }
}
