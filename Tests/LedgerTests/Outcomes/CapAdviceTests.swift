import Testing

@testable import Ledger

@Suite("Which envelopes earn another cap")
struct CapAdviceTests {
    private static let workflow = Workflow(name: "triage", outcome: "ticket", targetCost: Money(nanos: 100), humanCost: Money(nanos: 1_000))

    private static func economics(unit: Int64, outcomes: Int64 = 100, quality: Int64 = 900) -> UnitEconomics {
        var sums = WorkflowSums()
        sums.cost = unit * outcomes
        sums.outcomes = outcomes
        sums.judged = outcomes
        sums.quality = Int128(quality) * Int128(outcomes)
        return UnitEconomics(sums, workflow: workflow, seconds: 0)
    }

    private static func advice(
        used: Int64, elapsed: Int64? = 600, workflow: Workflow = workflow, _ now: UnitEconomics, before: UnitEconomics = economics(unit: 100)
    ) -> CapAdvice {
        CapAdvice(.init(envelope: "cap", limit: 10_000, used: used, elapsed: elapsed), workflow: workflow, economics: now, before: before)
    }

    @Test("results at their target that fill the envelope earn more")
    func higher() {
        let advice = Self.advice(used: 8_000, Self.economics(unit: 100))
        #expect(advice.direction == .higher && advice.suggested == 12_500 && advice.reasons.count == 3)
        #expect(Self.advice(used: 7_999, Self.economics(unit: 100)).direction == .keep, "it is not full")
        #expect(Self.advice(used: 8_000, Self.economics(unit: 101)).direction == .keep, "it is above its target")
    }

    @Test("falling quality earns nothing")
    func quality() {
        let now = Self.economics(unit: 100, quality: 879)
        #expect(Self.advice(used: 9_000, now).direction == .keep)
        #expect(Self.advice(used: 9_000, Self.economics(unit: 100, quality: 880)).direction == .higher)
    }

    @Test("results far above their target earn less, as much as they should cost")
    func lower() {
        #expect(Self.advice(used: 9_000, Self.economics(unit: 120)).direction == .keep)
        let advice = Self.advice(used: 9_000, Self.economics(unit: 200))
        #expect(advice.direction == .lower && advice.suggested == 5_000)
    }

    @Test("a worthless result earns less")
    func worthless() {
        let workflow = Workflow(name: "triage", outcome: "ticket", targetCost: Money(nanos: 100), humanCost: Money(nanos: 50))
        var sums = WorkflowSums()
        sums.cost = 10_000
        sums.outcomes = 100
        let advice = Self.advice(used: 9_000, workflow: workflow, UnitEconomics(sums, workflow: workflow, seconds: 0))
        #expect(advice.direction == .lower && advice.suggested == 5_000)
    }

    @Test("an envelope that stays half empty can be lower")
    func idle() {
        let advice = Self.advice(used: 1_000, elapsed: 500, Self.economics(unit: 100))
        #expect(advice.direction == .lower && advice.suggested == 2_400)
        #expect(Self.advice(used: 1_000, elapsed: 499, Self.economics(unit: 100)).direction == .keep)
        #expect(Self.advice(used: 1_000, elapsed: nil, Self.economics(unit: 100)).direction == .keep)
    }

    @Test("nothing is said without enough results or without a target")
    func silent() {
        #expect(Self.advice(used: 9_000, Self.economics(unit: 900, outcomes: 19)).direction == .keep)
        let aimless = Workflow(name: "triage", outcome: "ticket")
        #expect(Self.advice(used: 9_000, workflow: aimless, Self.economics(unit: 900)).direction == .keep)
    }
}
