import Ledger
import Testing

@Suite("Routes that cannot be used")
struct RouteLintTests {
    /// Three tiers, and models of which the first stands on line 6.
    private static func routes(_ models: Draft) -> Draft { ["tiers": ["premium", "standard", "economy"], "models": models] }

    @Test(
        "names the place: tiers and models",
        arguments: [
            BrokenPolicy("tiers as a text", ["tiers": "premium"], "/tiers", line: 1, "list"),
            BrokenPolicy("one tier twice", ["tiers": ["premium", "economy", "premium"]], "/tiers/2", line: 4, "twice"),
            BrokenPolicy("a tier that is no text", ["tiers": ["premium", nil]], "/tiers/1", line: 3, "text"),
            BrokenPolicy("models as a list", ["models": ["gpt-5"]], "/models", line: 2, "mapping"),
            BrokenPolicy("a model that is a text", routes(["gpt-5": "premium"]), "/models/gpt-5", line: 6, "mapping"),
            BrokenPolicy("a model without a tier", routes(["gpt-5": [:], "m": ["tier": "economy"]]), "/models/gpt-5", line: 6, "tier: premium"),
            BrokenPolicy("a model of an unknown tier", routes(["gpt-5": ["tier": "dear"]]), "/models/gpt-5/tier", line: 7, "'dear' is no tier"),
            BrokenPolicy("a tier where none is listed", ["models": ["m": ["tier": "dear"]]], "/models/m/tier", line: 3, "list the tiers first"),
            BrokenPolicy(
                "a model with an unknown key", routes(["gpt-5": ["tier": "premium", "price": "1"]]), "/models/gpt-5/price", line: 8,
                "tier, downgrade_to"),
            BrokenPolicy("a key of a model twice", routes(["m": ["tier": "premium", "tier": "economy"]]), "/models/m/tier", line: 8, "twice"),
            BrokenPolicy("a model twice", routes(["m": ["tier": "premium"], "m": ["tier": "economy"]]), "/models/m", line: 8, "twice"),
            BrokenPolicy("a model's name with a slash", routes(["a/b": ["tier": "x"]]), "/models/a~1b/tier", line: 7, "'x' is no tier"),
        ])
    func models(broken: BrokenPolicy) { broken.check() }

    @Test(
        "names the place: ways down",
        arguments: [
            BrokenPolicy(
                "to an unknown model", routes(["gpt-5": ["tier": "premium", "downgrade_to": "gpt-6"]]), "/models/gpt-5/downgrade_to", line: 8,
                "'gpt-6' is not among the models"),
            BrokenPolicy(
                "to itself", routes(["m": ["tier": "economy"], "gpt-5": ["tier": "premium", "downgrade_to": "gpt-5"]]),
                "/models/gpt-5/downgrade_to", line: 10, "this route is a loop: it comes back to 'gpt-5'"),
            BrokenPolicy(
                "to a dearer tier", routes(["a": ["tier": "economy", "downgrade_to": "b"], "b": ["tier": "standard"]]), "/models/a/downgrade_to",
                line: 8, "'b' is of the dearer tier standard"),
            BrokenPolicy(
                "to a list", routes(["a": ["tier": "economy", "downgrade_to": ["b"]]]), "/models/a/downgrade_to", line: 9, "text"),
        ])
    func ways(broken: BrokenPolicy) { broken.check() }

    @Test("a loop of three is told at each of its models, and at one that leads into it")
    func loop() {
        let model: (String) -> Draft = { ["tier": "economy", "downgrade_to": .text($0)] }
        let issues = PolicyReader.issues(Self.routes(["a": model("b"), "b": model("c"), "c": model("a"), "d": model("a")]))
        #expect(issues.map(\.pointer) == ["a", "b", "c", "d"].map { "/models/\($0)/downgrade_to" })
        #expect(issues.map { $0.detail.contains("loop") } == [true, true, true, true])
    }

    @Test("a long way down is no loop")
    func longRoute() throws {
        let names = (0..<50).map { "m\($0)" }
        let models = names.enumerated().map { index, name -> (String, Draft) in
            (name, index == 49 ? ["tier": "economy"] : ["tier": "premium", "downgrade_to": .text(names[index + 1])])
        }
        let policy = try Policy.read(["tiers": ["premium", "economy"], "models": .object(models)])
        #expect(policy.routes.target(from: "m0", to: "economy") == "m49")
    }

    @Test(
        "names the place: tools and matches",
        arguments: [
            BrokenPolicy("tool tiers as a list", ["tool_tiers": ["crm.*"]], "/tool_tiers", line: 2, "mapping"),
            BrokenPolicy(
                "a tool of an unknown tier", ["tiers": ["premium"], "tool_tiers": ["crm.*": "dear"]], "/tool_tiers/crm.*", line: 4,
                "write one of premium"),
            BrokenPolicy(
                "a match on an unknown tier", envelope: ["name": "a", "match": ["tier": "dear"], "meter": "cost", "limit": "1"], "/match/tier",
                line: 4,
                "'dear' is no tier"),
            BrokenPolicy(
                "one of several that a match names", envelope: ["name": "a", "match": ["tier": ["premium", "dear"]], "meter": "cost", "limit": "1"],
                "/match/tier", line: 4, "'dear' is no tier"),
        ])
    func tools(broken: BrokenPolicy) { broken.check() }

    private static func price(_ members: Draft) -> Draft { ["unknown_price": members] }

    @Test(
        "names the place: the price of unknown models",
        arguments: [
            BrokenPolicy("a word", ["unknown_price": "zero"], "/unknown_price", line: 1, "write refuse"),
            BrokenPolicy("a number", ["unknown_price": 0], "/unknown_price", line: 1, "write refuse"),
            BrokenPolicy(
                "without output", price(["input_cost_per_token": "0.00001"]), "/unknown_price", line: 2,
                "output_cost_per_token is missing; a price that is not stated must not be free"),
            BrokenPolicy(
                "without input", price(["output_cost_per_token": "0.00001"]), "/unknown_price", line: 2, "input_cost_per_token is missing"),
            BrokenPolicy(
                "zero", price(["input_cost_per_token": "0", "output_cost_per_token": "0.1"]), "/unknown_price/input_cost_per_token", line: 2,
                "above zero"),
            BrokenPolicy(
                "negative", price(["input_cost_per_token": "0.1", "output_cost_per_token": "-0.1"]), "/unknown_price/output_cost_per_token", line: 3,
                "above zero"),
            BrokenPolicy(
                "an unquoted number", price(["input_cost_per_token": .number("0.1"), "output_cost_per_token": "0.1"]),
                "/unknown_price/input_cost_per_token", line: 2, "quoted"),
            BrokenPolicy(
                "16 decimals", price(["input_cost_per_token": "0.0000000000000001", "output_cost_per_token": "0.1"]),
                "/unknown_price/input_cost_per_token", line: 2, "15 decimals"),
            BrokenPolicy(
                "an unknown key", price(["input_cost_per_token": "0.1", "output_cost_per_token": "0.1", "per": "token"]), "/unknown_price/per",
                line: 4,
                "unknown key 'per'"),
        ])
    func prices(broken: BrokenPolicy) { broken.check() }
}
