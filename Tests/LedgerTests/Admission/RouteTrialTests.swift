import Ledger
import Testing

@Suite("Calls of a workflow on trial")
struct RouteTrialTests {
    private static let prices: [String: Int64] = ["gpt-5": 40, "gpt-5-mini": 12, "gpt-5-nano": 3, "opus": 40, "haiku": 5]

    private static func trial(_ tier: String, isKept: Bool = false) -> RouteTrial {
        RouteTrial(id: Identifier(high: 0, low: 1), workflow: "triage", tier: tier, reason: "half the price", isKept: isKept)
    }

    private static func till(_ tier: String = "economy", isKept: Bool = false, _ envelopes: Envelope...) -> Till {
        Till(
            Policy(version: 1, envelopes: envelopes, routes: .sample),
            guards: Guards(routeTrials: RouteTrials([trial(tier, isKept: isKept)])))
    }

    private static func ask(_ till: inout Till, _ model: String = "gpt-5", workflow: String = "triage") throws -> Admission.Admitted? {
        let call = Call(["workflow_name": workflow], model: model, cost: prices[model] ?? 40)
        return try till.reserve(call, cost: { prices[$0] }).decision.admitted
    }

    @Test("go to the route's model of the tier, with the trial's reason, held at its price; others keep theirs")
    func routed() throws {
        var till = Self.till("economy", isKept: false, Envelope(name: "a", meter: .cost, limit: 1_000))
        let admitted = try #require(try Self.ask(&till))
        #expect(admitted.offer.call.model == "gpt-5-nano" && admitted.entries.map(\.heldChange) == [3])
        #expect(admitted.reason == "workflow 'triage' tries economy (half the price): gpt-5-nano instead of gpt-5")
        #expect(admitted.downgradedBy.isEmpty && till.events.isEmpty)
        #expect(try Self.ask(&till, workflow: "other")?.offer.call.model == "gpt-5")
        till.guards.routeTrials = .none
        #expect(try Self.ask(&till)?.reason == nil)
    }

    @Test("a model of the tier or below, one whose route has none of it, and a tool pass")
    func pass() throws {
        var till = Self.till("economy")
        for model in ["gpt-5-nano", "haiku", "lonely", "half-way", "unknown"] {
            let admitted = try #require(try Self.ask(&till, model))
            #expect(admitted.offer.call.model == model && admitted.reason == nil, "\(model)")
        }
        let tool = try till.reserve(Call(["workflow_name": "triage"], tool: "crm.get")).decision.admitted
        #expect(tool != nil && tool?.reason == nil)
    }

    @Test("an envelope's own downgrade goes further down, and the trial's reason comes first")
    func further() throws {
        var till = Self.till(
            "standard", isKept: true, Envelope(name: "a", meter: .cost, limit: 100, plan: [.downgrade(100, to: "economy"), .refuse(200)]))
        #expect(try Self.ask(&till)?.reason == "workflow 'triage' keeps standard (half the price): gpt-5-mini instead of gpt-5")
        _ = try till.charge(Call(["workflow_name": "triage"], cost: 95))
        let admitted = try #require(try Self.ask(&till))
        #expect(admitted.offer.call.model == "gpt-5-nano" && admitted.downgradedBy == ["a"])
        #expect(admitted.reason == "workflow 'triage' keeps standard (half the price): gpt-5-nano instead of gpt-5")
    }

    @Test("of one workflow the last that began is on; ending another changes nothing")
    func ending() {
        var trials = RouteTrials([Self.trial("economy")])
        let tags = Tags([Tags.Tag(name: "workflow_name", value: "triage")])
        trials.end(RouteTrial(id: Identifier(high: 0, low: 2), workflow: "triage", tier: "economy", reason: "", isKept: false))
        #expect(trials.trial(of: tags) != nil)
        trials.end(Self.trial("economy"))
        #expect(trials.trial(of: tags) == nil && trials == .none)
        #expect(RouteTrials([Self.trial("economy")]).trial(of: Tags()) == nil)
    }
}
