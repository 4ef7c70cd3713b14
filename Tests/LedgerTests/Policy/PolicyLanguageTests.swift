import Ledger
import Testing

@Suite("The policy language")
struct PolicyLanguageTests {
    private static let production: Draft = ["environment": "production"]

    /// The envelopes of the design, as far as a plan, a route or a rollover is in them.
    private static let envelopes: Draft = [
        [
            "name": "exploration-credits", "match": ["intent": "exploration"], "per": ["user_id"], "meter": "cost", "limit": "25",
            "window": ["every": "week", "starts": "monday", "at": "09:00", "time_zone": "Europe/Paris"],
            "rollover": ["up_to": "10", "expires_in": "3d"], "plan": [["at": 80, "do": "alert"], ["at": 100, "do": "refuse"]],
        ],
        [
            "name": "support-triage", "owner": "lead", "playbook": "https://wiki.example.com/triage", "match": production, "meter": "cost",
            "limit": "4000", "window": ["every": "month"],
            "plan": [["at": 80, "do": "alert"], ["at": 100, "do": "downgrade", "to": "economy"], ["at": 120, "do": "refuse"]],
        ],
        [
            "name": "agent-day", "per": ["agent_id"], "meter": "cost", "limit": "50", "window": ["every": "day"], "mode": "shadow",
            "plan": [["at": 100, "do": "refuse"], ["at": 150, "do": "suspend", "within": "1h"]],
        ],
        [
            "name": "premium-calls", "match": ["tier": ["premium", "stand*"]], "per": ["run_id", "tier"], "meter": "model_calls", "limit": 100,
            "window": ["every": "run"], "plan": [["at": 100, "do": "require_approval"]],
        ],
        ["name": "big-spend", "match": production, "meter": "cost", "per_call": "10000", "plan": [["do": "require_approval"]]],
    ]

    private static let rest: Draft = [
        "contacts": ["lead": ["slack-support", "pagerduty"], "finance": ["pagerduty"]],
        "tiers": ["premium", "standard", "economy"],
        "models": ["gpt-5": ["tier": "premium", "downgrade_to": "gpt-5-mini"], "gpt-5-mini": ["tier": "economy"]],
        "tool_tiers": ["crm.delete": "economy", "crm.*": "premium"],
        "workflows": [
            "support_triage": [
                "owner": "lead", "playbook": "http://wiki.example.com", "outcome": "resolved_ticket", "target_cost": "1.50", "human_cost": "8.50",
                "rates": ["human_minute": "0.90", "orchestration_call": "0.0002"],
            ],
            "import": [:],
        ],
        "unmatched": "refuse",
        "unknown_price": ["input_cost_per_token": "0.00001", "output_cost_per_token": "0.00004"],
    ]

    private static func reading() throws -> PolicyReading { try PolicyReader.read([["envelopes": envelopes], rest], version: 7) }

    @Test("the plans, routes and rollover of the design are read as they are written, without a warning")
    func envelopes() throws {
        let reading = try Self.reading()
        let policy = reading.policy
        #expect(policy.version == 7 && reading.warnings.isEmpty)
        #expect(policy.envelopes.map(\.mode) == [.enforce, .enforce, .shadow, .enforce, .enforce])
        #expect(
            policy.envelopes.map(\.plan.steps) == [
                [.alert(80), .refuse(100)], [.alert(80), .downgrade(100, to: "economy"), .refuse(120)], [.refuse(100), .suspend(150, within: 3_600)],
                [.requireApproval(100)], [.requireApproval(nil)],
            ])
        #expect(policy.envelopes[0].rollover == Rollover(upTo: 10_000_000_000, expiresInSeconds: 259_200))
        #expect(policy.envelopes.dropFirst().allSatisfy { $0.rollover == nil })
        #expect(policy.envelopes.map(\.playbook) == [nil, "https://wiki.example.com/triage", nil, nil, nil])
        #expect(policy.envelopes[3].match == [Condition("tier", "premium", "stand*")] && policy.envelopes[3].per == ["run_id", "tier"])
        #expect(policy.envelopes.map(\.ceiling) == [25_000_000_000, 4_800_000_000_000, 50_000_000_000, 100, nil])
    }

    @Test("and so is everything else")
    func everythingElse() throws {
        let policy = try Self.reading().policy
        #expect(
            policy.contacts == [
                Contact(owner: "lead", channels: ["slack-support", "pagerduty"]), Contact(owner: "finance", channels: ["pagerduty"]),
            ])
        #expect(policy.routes.models == ["gpt-5": .init(tier: "premium", downgradeTo: "gpt-5-mini"), "gpt-5-mini": .init(tier: "economy")])
        #expect(["crm.delete", "crm.get", "kb"].map { policy.routes.tier(ofTool: $0) } == ["economy", "premium", nil])
        let costs = try #require(policy.workflows.first)
        #expect(
            costs.name == "support_triage" && costs.owner == "lead" && costs.outcome == "resolved_ticket"
                && costs.playbook == "http://wiki.example.com")
        #expect(costs.targetCost == Money(nanos: 1_500_000_000) && costs.humanCost == Money(nanos: 8_500_000_000))
        #expect(costs.rates == ["human_minute": Money(nanos: 900_000_000), "orchestration_call": Money(nanos: 200_000)])
        #expect(policy.workflows.last == Workflow(name: "import"))
        #expect(policy.unmatched == .refuse)
        #expect(policy.unknownPrice == ModelPrice(input: 10_000_000_000, output: 40_000_000_000))
    }

    @Test("what a policy does not say is the careful default")
    func defaults() throws {
        let policy = try Policy.read(["envelopes": [["name": "a", "meter": "cost", "limit": "1"]], "unknown_price": "refuse"])
        #expect(policy.unmatched == .admit && policy.unknownPrice == nil && policy.routes == .none)
        #expect(policy.accessRules.isEmpty && policy.contacts.isEmpty && policy.workflows.isEmpty)
        #expect(policy.envelopes[0].mode == .enforce && policy.envelopes[0].plan.steps == [.refuse(100)])
    }

    @Test("tiers rank from dear to cheap, and a way down ends at the first model of the tier or below")
    func routes() {
        let routes = Routes.sample
        #expect([routes.rank("premium"), routes.rank("economy"), routes.rank("x"), routes.rank(nil)] == [0, 2, nil, nil])
        #expect(routes.target(from: "gpt-5", to: "standard") == "gpt-5-mini" && routes.target(from: "gpt-5", to: "economy") == "gpt-5-nano")
        #expect(routes.target(from: "opus", to: "standard") == "haiku")
        #expect(routes.target(from: "gpt-5-mini", to: "standard") == "gpt-5-mini")
        #expect(["lonely", "half-way", "unheard-of"].map { routes.target(from: $0, to: "economy") } == [nil, nil, nil])
        #expect(!routes.isAtOrBelow("unheard-of", "premium") && !routes.isAtOrBelow("gpt-5", "unheard-of"))
        let loop = Routes(tiers: ["a", "b"], models: ["x": .init(tier: "a", downgradeTo: "y"), "y": .init(tier: "a", downgradeTo: "x")])
        #expect(loop.target(from: "x", to: "b") == nil, "a loop that slipped through ends")
    }
}
