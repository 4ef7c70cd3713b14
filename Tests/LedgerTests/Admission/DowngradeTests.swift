import Ledger
import Testing

@Suite("Downgrades")
struct DowngradeTests {
    private static let prices: [String: Int64] = ["gpt-5": 40, "gpt-5-mini": 12, "gpt-5-nano": 3, "opus": 40, "haiku": 5, "lonely": 40]

    private static let envelope = Envelope(
        name: "a", per: ["user_id"], meter: .cost, limit: 100, plan: [.downgrade(100, to: "economy"), .refuse(120)])

    private static func till(_ envelopes: Envelope..., rules: [AccessRule] = []) -> Till {
        Till(Policy(version: 1, envelopes: envelopes, routes: .sample, accessRules: rules))
    }

    /// Calls a model at its price, or for less, and tells which model was admitted; nil: none.
    private static func ask(_ till: inout Till, _ model: String = "gpt-5", cost: Int64? = nil, user: String = "u") throws -> String? {
        let call = Call(["user_id": user], model: model, cost: cost ?? prices[model] ?? 0)
        return try till.reserve(call, cost: { prices[$0] }).decision.admitted?.offer.call.model
    }

    @Test("the call goes on with the route's model, held at its price, with a reason that names envelope and models")
    func swap() throws {
        var till = Self.till(Self.envelope)
        _ = try till.charge(Call(["user_id": "u"], cost: 61))
        let (decision, hold) = try till.reserve(Call(["user_id": "u"], cost: 40, tokens: 7), cost: { Self.prices[$0] })
        let admitted = try #require(decision.admitted)
        #expect(admitted.offer.call.model == "gpt-5-nano" && admitted.offer.call.tier == "economy")
        #expect(admitted.reason == "'a' passed 100 % of its limit: gpt-5-nano instead of gpt-5")
        #expect(admitted.entries.map(\.heldChange) == [3])
        #expect(hold.amounts == Amounts(cost: 3, tokens: 7, modelCalls: 1))
        #expect(hold.shares.map(\.amount) == [3])
        #expect(till.balance("a", "u")?.held == 3)
        #expect(till.events.map(\.line) == ["route.downgraded a(u) to economy"])
        #expect(till.events.first?.reason == "'a' passed 100 % of its limit")
    }

    @Test("once on, it stays on for that balance while the limit does not rise, though there is room again")
    func sticky() throws {
        var till = Self.till(Self.envelope)
        let first = try till.reserve(Call(["user_id": "u"], cost: 80), cost: { Self.prices[$0] }).hold
        #expect(try Self.ask(&till) == "gpt-5-nano")
        _ = till.settle(first, charge: .zero)
        #expect(till.balance("a", "u")?.held == 3)
        let admitted = try #require(try till.reserve(Call(["user_id": "u"], cost: 40), cost: { Self.prices[$0] }).decision.admitted)
        #expect(admitted.offer.call.model == "gpt-5-nano")
        #expect(admitted.reason == "'a' is downgraded to economy: gpt-5-nano instead of gpt-5")
        #expect(till.events.count == 1, "it is told once")
        #expect(till.balance("a", "u")?.marks.routeTier == "economy")
    }

    @Test("a switched route binds before the dearer estimate is weighed")
    func standingFirst() throws {
        var till = Self.till(Self.envelope)
        _ = try till.charge(Call(["user_id": "u"], cost: 80))
        #expect(try Self.ask(&till) == "gpt-5-nano")
        _ = try till.charge(Call(["user_id": "u"], cost: 10))
        // 93 + 40 is beyond 120 per cent, 93 + 3 is not.
        #expect(try Self.ask(&till) == "gpt-5-nano")
    }

    @Test("it ends with the window")
    func window() throws {
        var till = Self.till(
            Envelope(name: "a", meter: .cost, limit: 100, windowRule: WindowRule(.day), plan: [.downgrade(100, to: "economy"), .refuse(120)]))
        func ask(_ day: Int64) throws -> String? {
            try till.reserve(Call(cost: 40), at: Timestamp(seconds: day * 86_400), cost: { Self.prices[$0] }).decision.admitted?.offer.call.model
        }
        #expect(try (0..<3).map { _ in try ask(0) } == ["gpt-5", "gpt-5", "gpt-5-nano"])
        #expect(try ask(1) == "gpt-5")
        #expect(try ask(0) == "gpt-5-nano")
    }

    @Test("another key's balance is not affected")
    func otherKey() throws {
        var till = Self.till(Self.envelope)
        _ = try till.charge(Call(["user_id": "u"], cost: 100))
        #expect(try Self.ask(&till, cost: 1) == "gpt-5-nano")
        #expect(try Self.ask(&till, user: "v") == "gpt-5")
        #expect(till.balance("a", "v")?.marks == Marks())
    }

    @Test("a model of the tier or below, and a tool call, pass; they switch nothing")
    func pass() throws {
        var till = Self.till(Envelope(name: "a", meter: .cost, limit: 100, plan: [.downgrade(100, to: "standard"), .refuse(1_000)]))
        _ = try till.charge(Call(cost: 200))
        for model in ["gpt-5-mini", "gpt-5-nano", "haiku", "stuck"] {
            let admitted = try #require(try till.reserve(Call(model: model, cost: 1), cost: { _ in 0 }).decision.admitted)
            #expect(admitted.offer.call.model == model && admitted.reason == nil)
        }
        let tool = try #require(try till.reserve(Call(tool: "crm.get", cost: 1)).decision.admitted)
        #expect(tool.reason == nil && tool.offer.call.tier == "premium")
        #expect(till.events.isEmpty && till.balance("a")?.marks.routeTier == nil)
        // Nor does a route that is switched concern them.
        #expect(try Self.ask(&till) == "gpt-5-mini")
        #expect(try till.reserve(Call(tool: "crm.get", cost: 1)).decision.admitted?.reason == nil)
        #expect(try Self.ask(&till, "haiku") == "haiku")
    }

    @Test("of several envelopes the lowest tier wins, asked now or standing, in whatever order")
    func lowest() throws {
        let standard = Envelope(name: "s", meter: .cost, limit: 100, plan: [.downgrade(100, to: "standard")])
        let economy = Envelope(name: "e", meter: .cost, limit: 100, plan: [.downgrade(100, to: "economy")])
        for envelopes in [[standard, economy], [economy, standard]] {
            var till = Till(Policy(version: 1, envelopes: envelopes, routes: .sample))
            _ = try till.charge(Call(cost: 100))
            let admitted = try #require(try till.reserve(Call(cost: 40), cost: { Self.prices[$0] }).decision.admitted)
            #expect(admitted.offer.call.model == "gpt-5-nano")
            #expect(admitted.reason == "'e' passed 100 % of its limit: gpt-5-nano instead of gpt-5")
            #expect(Set(till.events.map(\.line)) == ["route.downgraded s to standard", "route.downgraded e to economy"])
            #expect(try Self.ask(&till) == "gpt-5-nano")
            #expect(try Self.ask(&till, "gpt-5-mini") == "gpt-5-nano")
            #expect(till.events.count == 2)
        }
    }

    @Test("a route goes down several models, or over a tier that it does not have")
    func chain() throws {
        var till = Self.till(Envelope(name: "a", meter: .cost, limit: 0, plan: [.downgrade(1, to: "standard")]))
        #expect(try Self.ask(&till) == "gpt-5-mini")
        #expect(try Self.ask(&till, "opus") == "haiku", "the next one of the tier or below")
        till = Self.till(Envelope(name: "a", meter: .cost, limit: 0, plan: [.downgrade(1, to: "economy")]))
        #expect(try Self.ask(&till) == "gpt-5-nano")
        #expect(try Self.ask(&till, "opus") == "haiku")
    }

    @Test("a plan goes further down as it fills")
    func twoSteps() throws {
        var till = Self.till(
            Envelope(name: "a", meter: .cost, limit: 100, plan: [.downgrade(50, to: "standard"), .downgrade(80, to: "economy"), .refuse(100)]))
        let asked = try (0..<10).map { _ in try Self.ask(&till) }
        // 40, 52, 64, 76; then 88 would pass 80 per cent.
        #expect(asked == ["gpt-5", "gpt-5-mini", "gpt-5-mini", "gpt-5-mini"] + Array(repeating: "gpt-5-nano", count: 6))
        #expect(till.events.map(\.line) == ["route.downgraded a to standard", "route.downgraded a to economy"])
        #expect(till.balance("a")?.held == 94)
    }

    @Test("a route without a model of the tier refuses the call, now and while it stands", arguments: ["lonely", "half-way", "unheard-of"])
    func unreachable(model: String) throws {
        var till = Self.till(Self.envelope)
        _ = try till.charge(Call(["user_id": "u"], cost: 80))
        for round in 0..<2 {
            let call = Call(["user_id": "u"], model: model, cost: 40)
            let objections = try #require(try till.reserve(call, cost: { Self.prices[$0] ?? 1 }).decision.objections)
            #expect(objections.kind == .modelNotAllowed && objections.unreachableTier == "economy")
            // What else speaks against the dear model is listed beside it.
            #expect(objections.lines == (round == 0 ? [] : ["a limit refuse"]))
            _ = try Self.ask(&till)
        }
        #expect(till.balance("a", "u")?.marks.routeTier == "economy")
    }

    @Test("a call that is refused in the end switches nothing")
    func refused() throws {
        var till = Self.till(Self.envelope, Envelope(name: "b", match: [Condition("model", "gpt-5-nano")], meter: .modelCalls, limit: 0))
        _ = try till.charge(Call(["user_id": "u"], cost: 100))
        let before = till.book.balances
        let (decision, _) = try till.reserve(Call(["user_id": "u"], cost: 10), cost: { Self.prices[$0] })
        #expect(decision.objections?.lines == ["b limit refuse"])
        guard case .refused(_, let offer) = decision else { return }
        #expect(offer.call.model == "gpt-5-nano", "the offer that was looked at last")
        #expect(till.book.balances.prefix(before.count) == before[...] && till.events.isEmpty)
        #expect(!till.book.marked.contains(true))
        // Another route still leads to a model that passes, and switches the balance then.
        #expect(try Self.ask(&till, "opus", cost: 10) == "haiku")
        #expect(till.events.map(\.line) == ["route.downgraded a(u) to economy"])
    }

    @Test("a rule against the cheaper model refuses the call; one against the dearer speaks before the downgrade")
    func rules() throws {
        let deny = { AccessRule(name: "r", kind: .model, deny: [Matcher($0)]) }
        var till = Self.till(Self.envelope, rules: [deny("*-nano")])
        _ = try till.charge(Call(["user_id": "u"], cost: 100))
        #expect(try till.reserve(Call(["user_id": "u"], cost: 1), cost: { Self.prices[$0] }).decision.objections?.rules.map(\.name) == ["r"])
        #expect(try Self.ask(&till, "opus", cost: 1) == "haiku")
        till = Self.till(Self.envelope, rules: [deny("gpt-5")])
        _ = try till.charge(Call(["user_id": "u"], cost: 100))
        #expect(try till.reserve(Call(["user_id": "u"], cost: 1), cost: { Self.prices[$0] }).decision.objections?.kind == .modelNotAllowed)
    }
}
