import Ledger
import Testing

@Suite("The steps of a plan")
struct PlanTests {
    private static let actions: [PlanStep.Action] = [.downgrade, .requireApproval, .refuse]

    /// What a call is answered, in a word.
    private static func answer(_ decision: Admission.Decision) -> String {
        switch decision {
        case .admitted(let admitted): admitted.reason == nil ? "allow" : "downgrade"
        case .refused(let objections, _):
            objections.violations.map(\.action) == [.requireApproval]
                ? "require_approval" : objections.violations.map(\.action) == [.refuse] ? "refuse" : "?"
        }
    }

    @Test("act above their share and not at it, to the nano-unit", arguments: actions, [1, 50, 100, 120, 1_000] as [Int64])
    func exactly(action: PlanStep.Action, at percent: Int64) throws {
        let envelope = Envelope(
            name: "a", meter: .cost, limit: 1_000_000_000, plan: [PlanStep(at: percent, action: action, to: action == .downgrade ? "economy" : nil)])
        let full = percent * 10_000_000
        // The use may be held, spent, or asked for.
        for used in [0, 1, full / 2, full] {
            var till = Till(Policy(version: 1, envelopes: [envelope], routes: .sample))
            _ = try till.charge(Call(cost: used / 2))
            #expect(try till.reserve(Call(cost: used - used / 2)).decision.isAdmitted)
            let before = till.book.balances
            #expect(try Self.answer(till.reserve(Call(cost: full - used + 1), cost: { _ in 0 }).decision) == action.rawValue)
            till = Till(Policy(version: 1, envelopes: [envelope], routes: .sample))
            _ = try till.charge(Call(cost: used / 2))
            #expect(try till.reserve(Call(cost: used - used / 2)).decision.isAdmitted)
            #expect(till.book.balances == before)
            #expect(try Self.answer(till.reserve(Call(cost: full - used)).decision) == "allow")
        }
    }

    @Test("the highest step that is exceeded speaks, in whatever order they are written")
    func highest() throws {
        let steps: [PlanStep] = [.refuse(120), .downgrade(50, to: "economy"), .requireApproval(100)]
        for plan in [steps, steps.reversed(), [steps[1], steps[2], steps[0]]] {
            let policy = Policy(version: 1, envelopes: [Envelope(name: "a", meter: .cost, limit: 100, plan: plan)], routes: .sample)
            let answers = try ([50, 51, 100, 101, 120, 121] as [Int64]).map { cost in
                var till = Till(policy)
                return try Self.answer(till.reserve(Call(cost: cost), cost: { _ in 1 }).decision)
            }
            #expect(answers == ["allow", "downgrade", "downgrade", "require_approval", "require_approval", "refuse"])
        }
    }

    @Test("a dear estimate that jumps past the refusal is refused, although a cheaper one would fit")
    func jump() throws {
        let envelope = Envelope(name: "a", meter: .cost, limit: 100, plan: [.downgrade(100, to: "economy"), .refuse(120)])
        var till = Till(Policy(version: 1, envelopes: [envelope], routes: .sample))
        #expect(try till.reserve(Call(cost: 121), cost: { _ in 1 }).decision.objections?.lines == ["a limit refuse"])
        #expect(till.balance("a")?.version == 0 && till.balance("a")?.marks == Marks())
        let downgraded = try #require(try till.reserve(Call(cost: 120), cost: { _ in 1 }).decision.admitted)
        #expect(downgraded.offer.call.model == "gpt-5-nano")
        #expect(till.balance("a")?.held == 1)
    }

    @Test("a limit of nothing admits what costs nothing, and alerts at the first unit")
    func limitZero() throws {
        var till = Till(Envelope(name: "a", meter: .cost, limit: 0, plan: [.alert(80), .refuse(100)]))
        #expect(try till.reserve(Call(cost: 0)).decision.isAdmitted)
        #expect(try till.reserve(Call(cost: 1)).decision.objections?.kind == .exhausted)
        #expect(till.events.isEmpty)
        _ = try till.charge(Call(cost: 1))
        #expect(till.events.map(\.line) == ["alert a 80 %"])
    }

    @Test("amounts near the end of what a number can hold are weighed exactly")
    func huge() throws {
        let limit = Int64.max / 10
        var till = Till(Envelope(name: "a", meter: .cost, limit: limit, plan: [.alert(999), .refuse(1_000)]))
        let full = limit * 10
        #expect(try till.reserve(Call(cost: full + 1)).decision.objections?.kind == .exhausted)
        let alertAt = limit / 100 * 999 + limit % 100 * 999 / 100
        #expect(try till.reserve(Call(cost: alertAt)).decision.isAdmitted)
        #expect(till.events.isEmpty)
        #expect(try till.reserve(Call(cost: 1)).decision.isAdmitted)
        #expect(till.events.map(\.line) == ["alert a 999 %"])
        #expect(try till.reserve(Call(cost: full - alertAt)).decision.objections?.kind == .exhausted)
        #expect(try till.reserve(Call(cost: full - alertAt - 1)).decision.isAdmitted)
        #expect(till.balance("a")?.held == full)
    }

    @Test(
        "a sum that does not fit is refused, whatever the plan would do",
        arguments: [PlanStep.alert(100), .suspend(150), .downgrade(100, to: "economy")])
    func overflow(step: PlanStep) throws {
        let envelope = Envelope(name: "a", per: ["agent_id"], meter: .cost, limit: .max, plan: [step])
        var till = Till(Policy(version: 1, envelopes: [envelope], routes: .sample))
        #expect(try till.reserve(Call(["agent_id": "x"], model: "haiku", cost: .max)).decision.isAdmitted)
        #expect(try till.reserve(Call(["agent_id": "x"], model: "haiku", cost: 1)).decision.objections?.lines == ["a limit refuse"])
        #expect(till.balance("a", "x")?.held == .max)
    }

    @Test("a plan that only suspends lets every call pass")
    func onlySuspends() throws {
        var till = Till(Envelope(name: "a", per: ["agent_id"], meter: .cost, limit: 100, plan: [.suspend(100)]))
        for _ in 0..<5 { #expect(try till.reserve(Call(["agent_id": "x"], cost: 1_000)).decision.isAdmitted) }
        #expect(till.balance("a", "x")?.held == 5_000)
        #expect(till.policy.envelopes[0].ceiling == nil)
        #expect(till.events.isEmpty, "nothing is booked yet")
    }

    @Test("what a plan leaves out is filled in: it refuses above the limit, and above per_call")
    func filledIn() {
        func steps(_ plan: PlanStep..., limit: Int64? = 1, perCall: Int64? = nil) -> [PlanStep] {
            Envelope(name: "a", meter: .cost, limit: limit, perCall: perCall, plan: plan).plan.steps
        }
        #expect(steps() == [.refuse(100)])
        #expect(steps(perCall: 1) == [.refuse(100), .refuse(nil)])
        #expect(steps(limit: nil, perCall: 1) == [.refuse(nil)])
        #expect(steps(.refuse(120), perCall: 1) == [.refuse(120), .refuse(nil)])
        #expect(steps(.requireApproval(nil), perCall: 1) == [.requireApproval(nil), .refuse(100)])
        #expect(steps(.suspend(150)) == [.suspend(150)])
        #expect(steps(.refuse(120), .requireApproval(nil), perCall: 1) == [.refuse(120), .requireApproval(nil)])
    }

    @Test("an approval names what it would be for, a refusal does not")
    func scope() throws {
        var till = Till(Envelope(name: "a", meter: .cost, limit: 100, plan: [.requireApproval(100), .refuse(200)]))
        let approval = try #require(try till.reserve(Call(cost: 150)).decision.violations.first)
        #expect(approval.action == .requireApproval && approval.limit == 100 && approval.ceiling == 100 && approval.requested == 150)
        #expect(approval.scope != nil)
        let refusal = try #require(try till.reserve(Call(cost: 201)).decision.violations.first)
        #expect(refusal.action == .refuse && refusal.scope == nil && refusal.ceiling == 200)
    }
}
