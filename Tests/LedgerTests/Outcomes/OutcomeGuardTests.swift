import Testing

@testable import Ledger

@Suite("Outcome guard")
struct OutcomeGuardTests {
    /// - Parameters:
    ///   - quality: of each judged result, in thousandths.
    ///   - rework: in thousandths of a minute, of all results together.
    private static func sums(_ outcomes: Int64, quality: Int64 = 900, judged: Int64? = nil, rework: Int64 = 0) -> WorkflowSums {
        var sums = WorkflowSums()
        sums.outcomes = outcomes
        sums.judged = judged ?? outcomes
        sums.quality = Int128(quality) * Int128(sums.judged)
        sums.reworkMinutes = rework
        return sums
    }

    private static func judge(
        _ cycle: WorkflowSums, number: Int64 = 1, after baseline: WorkflowSums = sums(100), flatBefore: Int = 0
    ) -> OutcomeGuard.Judgement {
        OutcomeGuard.judge(cycle, number: number, baseline: baseline, flatBefore: flatBefore)
    }

    @Test("rework may rise by a tenth, and by three seconds a result on next to nothing; a little more rolls back, with the numbers")
    func rework() {
        let baseline = Self.sums(100, rework: 100_000)
        #expect(Self.judge(Self.sums(50, rework: 55_000), after: baseline).finding == .flat, "exactly a tenth more")
        let worse = Self.judge(Self.sums(50, rework: 55_001), after: baseline)
        #expect(worse.finding == .worse && worse.state == .rolledBack)
        #expect(worse.reason.hasPrefix("cycle 1: rework rose from 1 to 1.1 minutes a result, more than 10 % and 0.05 minutes (50 results after 100)"))
        #expect(Self.judge(Self.sums(100, rework: 5_000)).finding == .flat, "from nothing to exactly 0.05 minutes")
        #expect(Self.judge(Self.sums(100, rework: 5_001)).finding == .worse)
        #expect(Self.judge(Self.sums(100, rework: 0), after: baseline).finding == .flat, "less is no rise")
    }

    @Test("quality may fall by 0.02, and no further")
    func quality() {
        #expect(Self.judge(Self.sums(50, quality: 880)).finding == .flat)
        let worse = Self.judge(Self.sums(50, quality: 879))
        #expect(worse.finding == .worse && worse.state == .rolledBack)
        #expect(worse.reason == "cycle 1: quality fell from 0.9 to 0.879, by more than 0.02 (50 results after 100)")
        #expect(Self.judge(Self.sums(50, quality: 1_000)).finding == .flat)
    }

    @Test("two flat cycles keep it, though one between tells too little")
    func kept() {
        let first = Self.judge(Self.sums(20))
        #expect(first.state == .trying && first.finding == .flat)
        #expect(Self.judge(Self.sums(19), number: 2, flatBefore: 1).state == .trying)
        let last = Self.judge(Self.sums(20), number: 3, flatBefore: 1)
        #expect(last.state == .kept && last.reason.hasSuffix("nothing got worse in 2 cycles"))
        #expect(Self.judge(Self.sums(20, quality: 0), number: 3, flatBefore: 1).state == .rolledBack, "worse counts whatever was before")
    }

    @Test("fewer than twenty results, or judgements of them, prove nothing; of rework twenty results tell")
    func tooFew() {
        #expect(Self.judge(Self.sums(19, rework: 1_000_000)).finding == .tooFew)
        #expect(Self.judge(Self.sums(20), after: Self.sums(19)).finding == .tooFew)
        let unjudged = Self.judge(Self.sums(40, judged: 19))
        #expect(unjudged.finding == .tooFew && unjudged.reason == "cycle 1: the quality of 19 results was told in the cycle; 20 are needed to judge")
        #expect(Self.judge(Self.sums(40), after: Self.sums(100, judged: 0)).finding == .tooFew)
        #expect(Self.judge(Self.sums(40, judged: 0, rework: 40_000)).finding == .worse)
    }

    @Test("after six cycles without enough evidence it is rolled back")
    func exhausted() {
        #expect(Self.judge(Self.sums(0), number: 5).state == .trying)
        let last = Self.judge(Self.sums(0), number: 6)
        #expect(last.state == .rolledBack && last.reason.hasSuffix("after 6 cycles 0 of 2 that are needed were flat"))
        #expect(Self.judge(Self.sums(20), number: 6).state == .rolledBack, "one flat cycle is not two")
        #expect(Self.judge(Self.sums(20), number: 6, flatBefore: 1).state == .kept)
    }

    @Test("the largest sums are compared, not overflown")
    func extremes() {
        var most = WorkflowSums()
        (most.outcomes, most.judged, most.reworkMinutes) = (.max, .max, .max)
        most.quality = Int128(Int64.max) * 1_000
        #expect(Self.judge(most, after: most).finding == .flat)
    }
}
