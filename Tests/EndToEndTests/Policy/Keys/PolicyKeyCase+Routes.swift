extension PolicyKeyCase {
    /// Past half of its limit, a call goes to the tier `middle` or below.
    private static let envelope = """
        envelopes: [ { name: e, meter: cost, limit: "1", plan: [ { at: 50, do: downgrade, to: middle }, { at: 100, do: refuse } ] } ]

        """

    private static func models(_ big: String) -> String {
        "tiers: [dear, middle, cheap]\nmodels: { big: { \(big) }, mid: { tier: middle }, small: { tier: cheap } }\n"
    }

    private static func matching(_ tier: String) -> String { "envelopes: [ { name: e, match: { tier: \(tier) }, meter: cost, limit: \"0\" } ]\n" }

    private static let unknown = Call(["agent_id": "a"], model: "unheard-of", input: 1_000, output: 1_000)

    static let routes: [PolicyKeyCase] = [
        PolicyKeyCase(
            key: "tiers: their order",
            without: envelope + "tiers: [dear, cheap, middle]\nmodels: { big: { tier: dear, downgrade_to: small }, small: { tier: cheap } }",
            with: envelope + "tiers: [dear, middle, cheap]\nmodels: { big: { tier: dear, downgrade_to: small }, small: { tier: cheap } }",
            before: "403 model-not-allowed", after: "downgrade small"),
        PolicyKeyCase(
            key: "models", without: matching("dear") + "tiers: [dear]", with: matching("dear") + "tiers: [dear]\nmodels: { big: { tier: dear } }",
            before: "allow", after: "402 envelope-exhausted e"),
        PolicyKeyCase(
            key: "models.*.tier", without: matching("dear") + models("tier: middle"), with: matching("dear") + models("tier: dear"), before: "allow",
            after: "402 envelope-exhausted e"),
        PolicyKeyCase(
            key: "models.*.downgrade_to", without: envelope + models("tier: dear"), with: envelope + models("tier: dear, downgrade_to: mid"),
            before: "403 model-not-allowed", after: "downgrade mid"),
        PolicyKeyCase(
            key: "models.*.downgrade_to: another", without: envelope + models("tier: dear, downgrade_to: mid"),
            with: envelope + models("tier: dear, downgrade_to: small"), before: "downgrade mid", after: "downgrade small"),
        PolicyKeyCase(
            key: "tool_tiers", without: matching("dear") + "tiers: [dear]", with: matching("dear") + "tiers: [dear]\ntool_tiers: { \"crm.*\": dear }",
            call: Call(["agent_id": "a"], tool: "crm.read", cost: "1"), before: "allow", after: "402 envelope-exhausted e"),
        PolicyKeyCase(
            key: "unmatched", without: "unmatched: admit", with: "unmatched: refuse", member: "rule", before: "-", after: "unmatched"),
        PolicyKeyCase(
            key: "unknown_price", without: "unknown_price: refuse",
            with: "unknown_price: { input_cost_per_token: \"0.001\", output_cost_per_token: \"0.002\" }", call: unknown,
            before: "422 unknown-model", after: "allow"),
        PolicyKeyCase(
            key: "unknown_price.input_cost_per_token",
            without: "unknown_price: { input_cost_per_token: \"0.001\", output_cost_per_token: \"0.002\" }",
            with: "unknown_price: { input_cost_per_token: \"0.003\", output_cost_per_token: \"0.002\" }", call: unknown, member: "held.cost",
            before: "3", after: "5"),
        PolicyKeyCase(
            key: "unknown_price.output_cost_per_token",
            without: "unknown_price: { input_cost_per_token: \"0.001\", output_cost_per_token: \"0.002\" }",
            with: "unknown_price: { input_cost_per_token: \"0.001\", output_cost_per_token: \"0.006\" }", call: unknown, member: "held.cost",
            before: "3", after: "7"),
    ]

    private static func workflow(_ members: String) -> String { "workflows: { triage: { outcome: ticket\(members) } }" }

    static let people: [PolicyKeyCase] =
        [
            PolicyKeyCase(
                key: "contacts", without: "envelopes: [ { name: e, owner: ada, meter: cost, limit: \"9\" } ]",
                with: "contacts: { ada: [slack] }\n---\nenvelopes: [ { name: e, owner: ada, meter: cost, limit: \"9\" } ]", path: "/v1/envelopes/e",
                member: "channels", before: "", after: "slack"),
            PolicyKeyCase(
                key: "workflows", without: "{}", with: workflow(""), path: "/v1/policy", member: "workflows.0.name", before: "-", after: "triage"),
            PolicyKeyCase(
                key: "workflows.*.outcome", without: "workflows: { triage: {} }", with: workflow(""), path: "/v1/policy",
                member: "workflows.0.outcome",
                before: "-", after: "ticket"),
            PolicyKeyCase(
                key: "workflows.*.rates", without: workflow(""), with: workflow(", rates: { minute: \"0.9\" }"), path: "/v1/policy",
                member: "workflows.0.rates", before: "", after: "minute=0.9"),
        ]
        + [("owner", "ada"), ("playbook", "https://a.example/"), ("target_cost", "1.5"), ("human_cost", "8.5")].map { name, value in
            PolicyKeyCase(
                key: "workflows.*.\(name)", without: workflow(""), with: workflow(", \(name): \"\(value)\""), path: "/v1/policy",
                member: "workflows.0.\(name)", before: "-", after: value)
        }
}
