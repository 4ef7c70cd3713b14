import Ledger
import Testing

@Suite("After a downgrade")
struct DowngradeMatchingTests {
    private static let prices: [String: Int64] = ["gpt-5": 40, "gpt-5-mini": 12, "gpt-5-nano": 3]

    private static func till(_ envelopes: Envelope...) -> Till { Till(Policy(version: 1, envelopes: envelopes, routes: .sample)) }

    private static func ask(_ till: inout Till, _ model: String = "gpt-5") throws -> Admission.Admitted? {
        try till.reserve(Call(model: model, cost: prices[model] ?? 0), cost: { prices[$0] }).decision.admitted
    }

    @Test("envelopes are matched again: the dear model's is not charged any more, the cheap one's is")
    func matchedAgain() throws {
        var till = Self.till(
            Envelope(name: "all", meter: .cost, limit: 30, plan: [.downgrade(100, to: "standard"), .refuse(1_000)]),
            Envelope(name: "premium", match: [Condition("tier", "premium")], meter: .modelCalls, limit: 5),
            Envelope(name: "standard", match: [Condition("tier", "standard", "economy")], meter: .modelCalls, limit: 5),
            Envelope(name: "mini", match: [Condition("model", "*-mini")], per: ["model", "tier"], meter: .cost, limit: 100))
        let admitted = try #require(try Self.ask(&till))
        #expect(admitted.offer.requests.map(\.claim.envelope.name) == ["all", "standard", "mini"])
        #expect(admitted.offer.requests.map(\.claim.amount) == [12, 1, 12])
        #expect(till.balance("premium")?.version == 0)
        #expect(till.balance("standard")?.held == 1)
        #expect(till.balance("mini", "gpt-5-mini", "standard")?.held == 12)
    }

    @Test("an envelope of the dear tier can ask for the downgrade and keeps no hold of it, but stays switched")
    func premiumOnly() throws {
        var till = Self.till(
            Envelope(name: "premium", match: [Condition("tier", "premium")], meter: .modelCalls, limit: 1, plan: [.downgrade(100, to: "standard")]))
        #expect(try Self.ask(&till)?.offer.call.model == "gpt-5")
        let second = try #require(try Self.ask(&till))
        #expect(second.offer.call.model == "gpt-5-mini" && second.entries.isEmpty)
        #expect(till.balance("premium")?.version == 1 && till.balance("premium")?.marks.routeTier == "standard")
        #expect(till.events.map(\.line) == ["route.downgraded premium to standard"])
        #expect(till.book.marked == [true])
        #expect(try Self.ask(&till)?.reason == "'premium' is downgraded to standard: gpt-5-mini instead of gpt-5")
        #expect(till.events.count == 1)
    }

    @Test("an envelope that the dear model's full one kept away may ask for a still cheaper model")
    func further() throws {
        var till = Self.till(
            Envelope(name: "premium", match: [Condition("tier", "premium")], meter: .cost, limit: 10, plan: [.downgrade(100, to: "standard")]),
            Envelope(name: "standard", match: [Condition("tier", "standard")], meter: .cost, limit: 10, plan: [.downgrade(100, to: "economy")]))
        let admitted = try #require(try Self.ask(&till))
        #expect(admitted.offer.call.model == "gpt-5-nano")
        #expect(Set(till.events.map(\.line)) == ["route.downgraded premium to standard", "route.downgraded standard to economy"])
        #expect(admitted.reason?.hasSuffix("gpt-5-nano instead of gpt-5") == true, "\(admitted.reason ?? "")")
    }

    @Test("the next step still bounds the call, at the cheaper price")
    func bounded() throws {
        var till = Self.till(Envelope(name: "a", meter: .cost, limit: 100, plan: [.downgrade(100, to: "standard"), .refuse(120)]))
        _ = try till.charge(Call(cost: 80))
        // 80 + 40 passes 100 per cent and reaches 120; then 92, 104, 116, and 128 is too much.
        #expect(try (0..<3).map { _ in try Self.ask(&till)?.offer.call.model } == ["gpt-5-mini", "gpt-5-mini", "gpt-5-mini"])
        let (decision, _) = try till.reserve(Call(cost: 40), cost: { Self.prices[$0] })
        let violation = try #require(decision.violations.first)
        #expect(violation.requested == 12 && violation.held == 36 && violation.ceiling == 120)
        #expect(try till.reserve(Call(model: "gpt-5-nano", cost: 4)).decision.isAdmitted)
        #expect(try till.reserve(Call(model: "gpt-5-nano", cost: 1)).decision.isAdmitted == false)
    }

    @Test("a limit that a new policy raises restores the route, with a reason")
    func raisedByPolicy() throws {
        func policy(_ version: Int64, limit: Int64) -> Policy {
            let envelope = Envelope(name: "a", owner: "lead", meter: .cost, limit: limit, plan: [.downgrade(100, to: "standard"), .refuse(1_000)])
            return Policy(version: version, envelopes: [envelope], routes: .sample)
        }
        var till = Till(policy(1, limit: 100))
        _ = try till.charge(Call(cost: 100))
        #expect(try Self.ask(&till)?.offer.call.model == "gpt-5-mini")
        // The same limit, or a lower one, changes nothing.
        till.policy = policy(2, limit: 100)
        #expect(try Self.ask(&till)?.offer.call.model == "gpt-5-mini")
        till.policy = policy(3, limit: 90)
        #expect(try Self.ask(&till)?.offer.call.model == "gpt-5-mini")
        till.policy = policy(4, limit: 200)
        #expect(try Self.ask(&till)?.offer.call.model == "gpt-5")
        #expect(till.events.map(\.line) == ["route.downgraded a to standard", "route.restored a to standard"])
        #expect(till.events.last?.reason == "the limit rose from 0.00000009 to 0.0000002")
        #expect(till.events.last?.owner == "lead" && till.events.last?.limit == 200)
        #expect(till.balance("a")?.marks.routeTier == nil)
    }

    @Test("a limit that an adjustment raises restores the route at once; one that it lowers does not")
    func raisedByAdjustment() throws {
        var till = Self.till(Envelope(name: "a", meter: .cost, limit: 100, plan: [.downgrade(100, to: "standard"), .refuse(1_000)]))
        _ = try till.charge(Call(cost: 100))
        _ = try Self.ask(&till)
        till.adjust("a", by: -1)
        #expect(till.events.map(\.line) == ["route.downgraded a to standard", "balance.adjusted a"])
        till.adjust("a", by: 500)
        #expect(till.events.dropFirst(2).map(\.line) == ["route.restored a to standard", "balance.adjusted a"])
        #expect(till.events[2].reason == "the limit rose from 0.000000099 to 0.000000599")
        #expect(try Self.ask(&till)?.offer.call.model == "gpt-5")
    }

    @Test("a limit that rises too little switches the route back and on again")
    func raisedTooLittle() throws {
        var till = Self.till(Envelope(name: "a", meter: .cost, limit: 100, plan: [.downgrade(100, to: "standard"), .refuse(1_000)]))
        _ = try till.charge(Call(cost: 500))
        _ = try Self.ask(&till)
        let steps: [PlanStep] = [.downgrade(100, to: "standard"), .refuse(1_000)]
        till.policy = Policy(version: 2, envelopes: [Envelope(name: "a", meter: .cost, limit: 101, plan: steps)], routes: .sample)
        #expect(try Self.ask(&till)?.offer.call.model == "gpt-5-mini")
        let expected = ["route.downgraded a to standard", "route.restored a to standard", "route.downgraded a to standard"]
        #expect(till.events.map(\.line) == expected)
        #expect(till.balance("a")?.marks.routeTier == "standard")
    }

    @Test("a plan that goes to that tier no more lets the dear model pass")
    func planChanged() throws {
        var till = Self.till(Envelope(name: "a", meter: .cost, limit: 100, plan: [.downgrade(100, to: "standard"), .refuse(1_000)]))
        _ = try till.charge(Call(cost: 100))
        _ = try Self.ask(&till)
        till.policy = Policy(version: 2, envelopes: [Envelope(name: "a", meter: .cost, limit: 100, plan: [.refuse(1_000)])], routes: .sample)
        #expect(try Self.ask(&till)?.offer.call.model == "gpt-5")
    }
}
