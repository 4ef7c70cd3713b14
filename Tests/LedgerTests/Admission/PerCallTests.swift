import Ledger
import Testing

@Suite("Limits on a single call")
struct PerCallTests {
    private static func policy(_ plan: PlanStep..., limit: Int64? = nil) -> Policy {
        Policy(version: 1, envelopes: [Envelope(name: "big", meter: .cost, limit: limit, perCall: 50, plan: plan)], routes: .sample)
    }

    @Test("act on the call alone, above the amount and not at it", arguments: [PlanStep.Action.refuse, .requireApproval])
    func stops(action: PlanStep.Action) throws {
        for limit in [nil, 1_000] as [Int64?] {
            var till = Till(Self.policy(PlanStep(at: nil, action: action), limit: limit))
            for _ in 0..<3 { #expect(try till.reserve(Call(cost: 50)).decision.isAdmitted) }
            let objections = try #require(try till.reserve(Call(cost: 51)).decision.objections)
            #expect(objections.lines == ["big per_call \(action.rawValue)"])
            #expect(objections.kind == (action == .refuse ? .exhausted : .approvalRequired))
            let violation = try #require(objections.violations.first)
            #expect(violation.limit == 50 && violation.ceiling == 50 && violation.requested == 51)
            #expect(violation.held == (limit == nil ? 0 : 150))
            #expect((violation.scope != nil) == (action == .requireApproval))
            #expect(violation.resetsAt == nil, "waiting makes the call no smaller")
        }
    }

    @Test("a downgrade concerns that call only, and its reason names what a call may cost")
    func downgrade() throws {
        for limit in [nil, 1_000] as [Int64?] {
            var till = Till(Self.policy(.downgrade(nil, to: "economy"), limit: limit))
            let admitted = try #require(try till.reserve(Call(cost: 51), cost: { _ in 4 }).decision.admitted)
            #expect(admitted.offer.call.model == "gpt-5-nano")
            #expect(admitted.reason == "'big' allows a single call no more than 0.00000005: gpt-5-nano instead of gpt-5")
            #expect(admitted.entries.map(\.heldChange) == (limit == nil ? [] : [4]))
            #expect(till.events.isEmpty)
            #expect(till.balance("big")?.marks == (limit == nil ? nil : Marks()))
            #expect(try till.reserve(Call(cost: 50), cost: { _ in 4 }).decision.admitted?.offer.call.model == "gpt-5")
        }
    }

    @Test("a downgrade lets a call pass that no cheaper model makes smaller")
    func stillBig() throws {
        var till = Till(Self.policy(.downgrade(nil, to: "economy")))
        #expect(try till.reserve(Call(model: "haiku", cost: 99)).decision.admitted?.offer.call.model == "haiku")
        #expect(try till.reserve(Call(cost: 99), cost: { _ in 80 }).decision.admitted?.offer.call.model == "gpt-5-nano")
        #expect(try till.reserve(Call(model: "lonely", cost: 99)).decision.objections?.unreachableTier == "economy")
    }

    @Test("an alert is told each time, and only of calls that are admitted")
    func alert() throws {
        var till = Till(Self.policy(.alert(nil), .requireApproval(nil)))
        #expect(try till.reserve(Call(cost: 51)).decision.objections?.lines == ["big per_call require_approval"])
        #expect(till.events.isEmpty)

        till = Till(Self.policy(.alert(nil), limit: 1_000))
        for _ in 0..<2 { #expect(try till.reserve(Call(cost: 51)).decision.isAdmitted) }
        #expect(try till.reserve(Call(cost: 50)).decision.isAdmitted)
        #expect(till.events.map(\.line) == ["alert big", "alert big"])
        let event = try #require(till.events.first)
        #expect(event.step == nil && event.limit == 50 && event.held == 51)
        #expect(event.reason == "a single call asks for 0.000000051, more than 0.00000005")
        #expect(try till.reserve(Call(cost: 900)).decision.isAdmitted == false)
        #expect(till.events.count == 2)
    }

    @Test("a call that went on with a cheaper model is judged at its price")
    func afterDowngrade() throws {
        let envelopes = [
            Envelope(name: "big", meter: .cost, limit: nil, perCall: 50, plan: [.alert(nil), .downgrade(nil, to: "economy")]),
            Envelope(name: "huge", meter: .cost, limit: nil, perCall: 90),
        ]
        var till = Till(Policy(version: 1, envelopes: envelopes, routes: .sample))
        #expect(try till.reserve(Call(cost: 60), cost: { _ in 10 }).decision.isAdmitted)
        #expect(till.events.isEmpty)
        // A refusal speaks before a downgrade does.
        #expect(try till.reserve(Call(cost: 91), cost: { _ in 10 }).decision.objections?.lines == ["huge per_call refuse"])
        #expect(try till.reserve(Call(cost: 60), cost: { _ in 55 }).decision.isAdmitted)
        #expect(till.events.map(\.line) == ["alert big"])
    }

    @Test("limit and per_call each say their part")
    func both() throws {
        var till = Till(Self.policy(.requireApproval(nil), .refuse(120), limit: 100))
        _ = try till.reserve(Call(cost: 40))
        _ = try till.reserve(Call(cost: 40))
        #expect(try till.reserve(Call(cost: 51)).decision.objections?.lines == ["big per_call require_approval", "big limit refuse"])
        #expect(try till.reserve(Call(cost: 41)).decision.objections?.lines == ["big limit refuse"])
        #expect(try till.reserve(Call(cost: 40)).decision.isAdmitted)
    }
}
