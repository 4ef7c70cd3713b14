import Testing

@testable import Ledger

@Suite("Workflows whose results got worse")
struct WorkflowDeclineTests {
    private static func decline(
        cost: Int64, before: Int64 = 1_000, quality: Int64 = 900, rework: Int64 = 0, outcomes: Int64 = 100, target: String? = nil
    ) -> WorkflowDecline? {
        func economics(_ cost: Int64, quality: Int64, rework: Int64, outcomes: Int64) -> UnitEconomics {
            var sums = WorkflowSums()
            (sums.cost, sums.outcomes, sums.judged, sums.reworkMinutes) = (cost * outcomes, outcomes, outcomes, rework * outcomes)
            sums.quality = Int128(quality) * Int128(outcomes)
            return UnitEconomics(sums, workflow: nil, seconds: 0)
        }
        return WorkflowDecline(
            "triage", workflow: Workflow(name: "triage", targetCost: target.flatMap { Money($0) }),
            now: economics(cost, quality: quality, rework: rework, outcomes: outcomes),
            before: economics(before, quality: 900, rework: 1_000, outcomes: 100))
    }

    @Test("a tenth dearer, a quality lower by more than 0.02, rework up by a tenth, or past the target: each at its bound")
    func bounds() {
        #expect(Self.decline(cost: 1_099) == nil && Self.decline(cost: 1_100)?.reasons.count == 1)
        #expect(
            Self.decline(cost: 1_000, quality: 880) == nil && Self.decline(cost: 1_000, quality: 879)?.reasons == ["quality fell from 0.9 to 0.879"])
        #expect(Self.decline(cost: 1_000, rework: 1_100) == nil)
        #expect(Self.decline(cost: 1_000, rework: 1_101)?.reasons == ["rework rose from 1 to 1.101 minutes a result"])
        #expect(Self.decline(cost: 1_001, target: "0.000001")?.reasons == ["a result costs more than its target of 0.000001"])
        #expect(Self.decline(cost: 2_000, outcomes: 19) == nil, "too few results")
    }
}
