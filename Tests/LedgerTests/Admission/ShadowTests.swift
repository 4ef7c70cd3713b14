import Ledger
import Testing

@Suite("Envelopes in shadow mode")
struct ShadowTests {
    private static let now = Timestamp(seconds: 1_790_000_000)

    private static func shadow(
        name: String = "s", limit: Int64? = 100, perCall: Int64? = nil, per: [String] = [], _ plan: PlanStep...
    ) -> Envelope {
        Envelope(name: name, per: per, meter: .cost, limit: limit, perCall: perCall, plan: plan, mode: .shadow)
    }

    private static func till(_ envelopes: Envelope...) -> Till { Till(Policy(version: 1, envelopes: envelopes, routes: .sample)) }

    @Test(
        "tell what they would have done, and let the call pass",
        arguments: [
            ([.refuse(100)], 100, nil), ([.refuse(100)], 101, .refuse), ([.requireApproval(100), .refuse(120)], 101, .requireApproval),
            ([.requireApproval(100), .refuse(120)], 121, .refuse), ([.downgrade(100, to: "economy"), .refuse(120)], 120, .downgrade),
            ([.alert(1), .refuse(100)], 100, nil), ([.suspend(10)], 500, nil), ([], 101, .refuse),
        ] as [([PlanStep], Int64, PlanStep.Action?)])
    func would(plan: [PlanStep], cost: Int64, would: PlanStep.Action?) throws {
        var till = Self.till(Envelope(name: "s", meter: .cost, limit: 100, plan: plan, mode: .shadow))
        let admitted = try #require(try till.reserve(Call(cost: cost), cost: { _ in 1 }).decision.admitted)
        #expect(admitted.offer.call.model == "gpt-5" && admitted.reason == nil)
        #expect(admitted.shadows == [Shadow(envelope: "s", would: would)])
        #expect(admitted.entries.map(\.heldChange) == [cost])
        #expect(till.balance("s")?.held == cost && till.balance("s")?.marks == Marks())
        #expect(till.events.isEmpty)
    }

    @Test("of limit and per_call the stronger is told")
    func strongest() throws {
        func would(_ cost: Int64, _ plan: PlanStep...) throws -> PlanStep.Action? {
            var till = Self.till(Envelope(name: "s", meter: .cost, limit: 100, perCall: 50, plan: plan, mode: .shadow))
            return try till.reserve(Call(cost: cost), cost: { _ in 1 }).decision.admitted?.shadows.first?.would
        }
        #expect(try would(51, .requireApproval(nil)) == .requireApproval)
        #expect(try would(101, .requireApproval(nil)) == .refuse)
        #expect(try would(101, .downgrade(nil, to: "economy"), .requireApproval(100)) == .requireApproval)
        #expect(try would(51, .downgrade(nil, to: "economy")) == .downgrade)
        #expect(try would(51, .alert(nil), .refuse(100)) == nil)
    }

    @Test("book their balances, holds and charges, beyond any limit")
    func books() throws {
        var till = Self.till(Self.shadow(.refuse(100)))
        let hold = try till.reserve(Call(cost: 90)).hold
        #expect(try till.reserve(Call(cost: 90)).decision.isAdmitted)
        _ = till.settle(hold, charge: Amounts(cost: 500))
        _ = try till.charge(Call(cost: 7))
        #expect(till.balance("s")?.held == 90 && till.balance("s")?.spent == 507)
        #expect(till.balance("s")?.version == 4)
    }

    @Test("alert nobody and suspend nobody, whatever is booked")
    func quiet() throws {
        var till = Self.till(Self.shadow(limit: 100, perCall: 1, per: ["agent_id"], .alert(50), .alert(nil), .suspend(100), .refuse(nil)))
        let hold = try till.reserve(Call(["agent_id": "x"], cost: 90)).hold
        _ = till.settle(hold, charge: Amounts(cost: 300))
        _ = try till.charge(Call(["agent_id": "x"], cost: 300))
        #expect(till.events.isEmpty && till.balance("s", "x")?.marks == Marks())
    }

    @Test("leave the verdicts of the others as they are")
    func others() throws {
        var till = Self.till(
            Envelope(name: "first", meter: .cost, limit: 10), Self.shadow(name: "s1", limit: 5, .refuse(100)),
            Envelope(name: "last", meter: .cost, limit: 20),
            Self.shadow(name: "s2", limit: 1_000, .refuse(100)))
        #expect(try till.reserve(Call(cost: 15)).decision.objections?.lines == ["first limit refuse"])
        #expect(try till.reserve(Call(cost: 25)).decision.objections?.lines == ["first limit refuse", "last limit refuse"])
        let admitted = try #require(try till.reserve(Call(cost: 10)).decision.admitted)
        #expect(admitted.shadows == [Shadow(envelope: "s1", would: .refuse), Shadow(envelope: "s2", would: nil)])
        #expect(till.book.balances.map(\.held) == [10, 10, 10, 10])
    }

    @Test("tell what they think of the model that is called in the end")
    func afterDowngrade() throws {
        var till = Self.till(
            Envelope(name: "a", meter: .cost, limit: 30, plan: [.downgrade(100, to: "economy"), .refuse(1_000)]), Self.shadow(limit: 30, .refuse(100))
        )
        let admitted = try #require(try till.reserve(Call(cost: 40), cost: { _ in 3 }).decision.admitted)
        #expect(admitted.shadows == [Shadow(envelope: "s", would: nil)])
        #expect(till.balance("s")?.held == 3)
    }

    @Test("a route that was switched before the envelope went into the shadow does not bind")
    func switchedBefore() throws {
        func policy(_ version: Int64, _ mode: Envelope.Mode) -> Policy {
            let plan: [PlanStep] = [.downgrade(100, to: "economy"), .refuse(1_000)]
            return Policy(version: version, envelopes: [Envelope(name: "a", meter: .cost, limit: 10, plan: plan, mode: mode)], routes: .sample)
        }
        var till = Till(policy(1, .enforce))
        #expect(try till.reserve(Call(cost: 40), cost: { _ in 3 }).decision.admitted?.offer.call.model == "gpt-5-nano")
        till.policy = policy(2, .shadow)
        let admitted = try #require(try till.reserve(Call(cost: 40), cost: { _ in 3 }).decision.admitted)
        #expect(admitted.offer.call.model == "gpt-5" && admitted.shadows == [Shadow(envelope: "a", would: .downgrade)])
    }

    @Test("a freeze of one stops nothing")
    func frozen() throws {
        var till = Self.till(Self.shadow(.refuse(100)))
        till.guards = Guards(freezes: [Freeze(envelope: "s", author: "ann", reason: "audit", since: Self.now)])
        #expect(try till.reserve(Call(cost: 1)).decision.isAdmitted)
    }

    @Test("hold what the calls' holds say, however large the sum")
    func overflow() throws {
        var till = Self.till(Self.shadow(.refuse(100)))
        let first = try till.reserve(Call(cost: .max)).hold
        let (decision, second) = try till.reserve(Call(cost: 5))
        // Whether the call passes or not: what the hold says it holds, the balance must hold.
        #expect((decision.entries ?? []).count == second.shares.count)
        let held = (first.shares + second.shares).reduce(Int128(0)) { $0 + Int128($1.amount) }
        #expect(till.balance("s").map { Int128($0.held) } == held)
    }
}
