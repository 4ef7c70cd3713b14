import Testing

@testable import Ledger

@Suite("Unit economics")
struct UnitEconomicsTests {
    private static let workflow = Workflow(
        name: "triage", outcome: "ticket", targetCost: Money("1.50"), humanCost: Money("8.50"),
        rates: [
            "human_minute": Money(nanos: 900_000_000), "orchestration_call": Money(nanos: 200_000), "outcome": Money(nanos: 1_000_000),
            "day": Money(nanos: 86_400),
        ])

    private static func sums(cost: Int64, outcomes: Int64) -> WorkflowSums {
        var sums = WorkflowSums()
        sums.cost = cost
        sums.outcomes = outcomes
        return sums
    }

    @Test("every part by hand: calls, people with rework, results, days")
    func parts() {
        var sums = Self.sums(cost: 100_000_000_000, outcomes: 40)
        sums.modelCalls = 500
        sums.toolCalls = 100
        sums.humanMinutes = 12_500
        sums.reworkMinutes = 7_500
        let economics = UnitEconomics(sums, workflow: Self.workflow, seconds: 3_601)
        #expect(economics.cost.usage == 100_000_000_000)
        #expect(economics.cost.human == 18_000_000_000, "20 minutes at 0.90")
        #expect(economics.cost.orchestration == 600 * 200_000 + 40 * 1_000_000)
        #expect(economics.cost.fixed == 3_601)
        #expect(economics.cost.total == 118_160_003_601)
        #expect(economics.costPerOutcome == 2_954_000_091, "rounded up")
        #expect(economics.benefit == 340_000_000_000)
        #expect(economics.returnOnInvestment == 18_774)
    }

    @Test("rework has a rate of its own where the policy gives one")
    func rework() {
        var sums = Self.sums(cost: 0, outcomes: 1)
        sums.reworkMinutes = 2_000
        #expect(WorkflowCost(sums, rates: ["human_minute": Money(nanos: 10), "rework_minute": Money(nanos: 25)], seconds: 0).human == 50)
        #expect(WorkflowCost(sums, rates: ["human_minute": Money(nanos: 10)], seconds: 0).human == 20)
    }

    @Test("what was told to be worth something counts before what people would have cost")
    func value() {
        var sums = Self.sums(cost: 4_000_000_000, outcomes: 2)
        sums.value = 3_000_000_000
        let economics = UnitEconomics(sums, workflow: Workflow(name: "triage", humanCost: Money("8.50")), seconds: 0)
        #expect(economics.benefit == 3_000_000_000 && economics.returnOnInvestment == -2_500)
    }

    @Test("without results or without cost there is nothing to divide")
    func nothing() {
        let none = UnitEconomics(Self.sums(cost: 5, outcomes: 0), workflow: nil, seconds: 0)
        #expect(none.costPerOutcome == nil && none.benefit == nil && none.returnOnInvestment == nil)
        #expect(UnitEconomics(Self.sums(cost: 0, outcomes: 1), workflow: Self.workflow, seconds: 0).costPerOutcome == 1_000_000)
    }

    @Test("the largest sums stay where they are instead of wrapping")
    func extremes() {
        var sums = Self.sums(cost: .max, outcomes: .max)
        sums.humanMinutes = .max
        sums.add(sums)
        #expect(sums.cost == .max && sums.outcomes == .max)
        let economics = UnitEconomics(sums, workflow: Self.workflow, seconds: .max)
        #expect(economics.cost.total == .max && economics.costPerOutcome == 1)
    }

    @Test("quality is the mean of the results that were judged")
    func quality() {
        var sums = WorkflowSums()
        for (count, quality) in [(30, 900), (10, 500)] {
            var more = WorkflowSums()
            more.outcomes = Int64(count)
            more.judged = Int64(count)
            more.quality = Int128(count * quality)
            sums.add(more)
        }
        sums.add(Self.sums(cost: 0, outcomes: 100))
        #expect(sums.meanQuality == 800 && sums.outcomes == 140)
    }
}
