extension PolicyKeyCase {
    /// An envelope `e` of one euro, as much as the call of every case costs; further members may follow.
    private static func envelope(_ more: String = "", limit: String? = "1", meter: String = "cost", name: String = "e") -> String {
        let limit = limit.map { "limit: \(meter == "cost" ? "\"\($0)\"" : $0)" }
        return
            "envelopes: [ { \((["name: \(name)", "meter: \(meter)"] + [limit, more.isEmpty ? nil : more].compactMap { $0 }).joined(separator: ", ")) } ]"
    }

    private static let euro = Call(["agent_id": "a"], cost: "1", model: "big")
    private static let window = "envelopes.0.window"

    static let envelopes: [PolicyKeyCase] = [
        PolicyKeyCase(
            key: "envelopes", without: "{}", with: envelope(), charges: [euro], before: "allow", after: "402 envelope-exhausted e"),
        PolicyKeyCase(
            key: "envelopes[].name", without: envelope(), with: envelope(name: "other"), member: "envelopes.0.name", before: "e", after: "other"),
        PolicyKeyCase(
            key: "envelopes[].owner", without: envelope("plan: [{ at: 100, do: alert }, { at: 200, do: refuse }]"),
            with: envelope("owner: ada, plan: [{ at: 100, do: alert }, { at: 200, do: refuse }]"), path: "/v1/alerts", member: "data.0.owner",
            before: "-", after: "ada"),
        PolicyKeyCase(
            key: "envelopes[].playbook", without: envelope("plan: [{ at: 100, do: alert }, { at: 200, do: refuse }]"),
            with: envelope("playbook: https://a.example/, plan: [{ at: 100, do: alert }, { at: 200, do: refuse }]"), path: "/v1/alerts",
            member: "data.0.playbook", before: "-", after: "https://a.example/"),
        PolicyKeyCase(
            key: "envelopes[].match", without: envelope(limit: "0"), with: envelope("match: { agent_id: b }", limit: "0"),
            before: "402 envelope-exhausted e", after: "allow"),
        PolicyKeyCase(
            key: "envelopes[].match: a list", without: envelope("match: { agent_id: [b, c] }", limit: "0"),
            with: envelope("match: { agent_id: [a, c] }", limit: "0"), before: "allow", after: "402 envelope-exhausted e"),
        PolicyKeyCase(
            key: "envelopes[].match: a pattern", without: envelope("match: { agent_id: \"b*\" }", limit: "0"),
            with: envelope("match: { agent_id: \"*a*\" }", limit: "0"), before: "allow", after: "402 envelope-exhausted e"),
        PolicyKeyCase(
            key: "envelopes[].match: the model", without: envelope("match: { model: mid }", limit: "0"),
            with: envelope("match: { model: big }", limit: "0"), before: "allow", after: "402 envelope-exhausted e"),
        PolicyKeyCase(
            key: "envelopes[].match: the environment", without: envelope("match: { environment: staging }", limit: "0"),
            with: envelope("match: { environment: production }", limit: "0"), before: "allow", after: "402 envelope-exhausted e"),
        PolicyKeyCase(
            key: "envelopes[].per", without: envelope(), with: envelope("per: [agent_id]"), charges: [Call(["agent_id": "b"], cost: "1")],
            before: "402 envelope-exhausted e", after: "allow"),
        PolicyKeyCase(
            key: "envelopes[].per: a tag that is absent", without: envelope(), with: envelope("per: [run_id]"), before: "allow",
            after: "422 tags-missing"),
        PolicyKeyCase(
            key: "envelopes[].meter", without: envelope(limit: "2", meter: "model_calls"), with: envelope(limit: "2", meter: "tokens"),
            before: "allow", after: "402 envelope-exhausted e"),
        PolicyKeyCase(
            key: "envelopes[].limit", without: envelope(limit: "1"), with: envelope(limit: "0.999999999"), before: "allow",
            after: "402 envelope-exhausted e"),
        PolicyKeyCase(
            key: "envelopes[].limit: of tool calls", without: envelope(limit: "1", meter: "tool_calls"),
            with: envelope(limit: "0", meter: "tool_calls"),
            call: Call(["agent_id": "a"], tool: "t"), before: "allow", after: "402 envelope-exhausted e"),
        PolicyKeyCase(
            key: "envelopes[].per_call", without: envelope(limit: "9"), with: envelope("per_call: \"0.5\"", limit: "9"), before: "allow",
            after: "402 envelope-exhausted e"),
        PolicyKeyCase(
            key: "envelopes[].window", without: envelope(), with: envelope("window: { every: month }"), member: "\(window).end", before: "-",
            after: "2030-11-01T00:00:00Z"),
        PolicyKeyCase(
            key: "envelopes[].window.every", without: envelope("window: { every: hour }"), with: envelope("window: { every: day }"),
            member: "\(window).end", before: "2030-10-30T13:00:00Z", after: "2030-10-31T00:00:00Z"),
        PolicyKeyCase(
            key: "envelopes[].window.every: minute", without: envelope("window: { every: hour }", meter: "model_calls"),
            with: envelope("window: { every: minute }", meter: "model_calls"), charges: [euro], before: "402 envelope-exhausted e",
            after: "429 rate-limited e"),
        PolicyKeyCase(
            key: "envelopes[].window.every: run", without: envelope("per: [run_id], window: { every: day }"),
            with: envelope("per: [run_id], window: { every: run }"), call: Call(["run_id": "r"], cost: "1"), member: "\(window).end",
            before: "2030-10-31T00:00:00Z", after: "-"),
        PolicyKeyCase(
            key: "envelopes[].window.starts", without: envelope("window: { every: week }"), with: envelope("window: { every: week, starts: friday }"),
            member: "\(window).start", before: "2030-10-28T00:00:00Z", after: "2030-10-25T00:00:00Z"),
        PolicyKeyCase(
            key: "envelopes[].window.at", without: envelope("window: { every: day }"), with: envelope("window: { every: day, at: \"13:30\" }"),
            member: "\(window).start", before: "2030-10-30T00:00:00Z", after: "2030-10-29T13:30:00Z"),
        PolicyKeyCase(
            key: "envelopes[].window.time_zone", without: envelope("window: { every: day }"),
            with: envelope("window: { every: day, time_zone: Asia/Kolkata }"), member: "\(window).start", before: "2030-10-30T00:00:00Z",
            after: "2030-10-29T18:30:00Z"),
        PolicyKeyCase(
            key: "envelopes[].mode", without: envelope(limit: "0"), with: envelope("mode: shadow", limit: "0"), before: "402 envelope-exhausted e",
            after: "allow"),
        PolicyKeyCase(
            key: "envelopes[].mode: what it would have done", without: envelope(), with: envelope("mode: shadow", limit: "0"),
            member: "envelopes.0.would", before: "-", after: "refuse"),
    ]

    private static let threeTiers = """
        tiers: [dear, middle, cheap]
        models: { big: { tier: dear, downgrade_to: mid }, mid: { tier: middle, downgrade_to: small }, small: { tier: cheap } }

        """

    static let plans: [PolicyKeyCase] = [
        PolicyKeyCase(
            key: "envelopes[].plan", without: envelope(), with: envelope("plan: [{ at: 100, do: require_approval }]"), charges: [euro],
            before: "402 envelope-exhausted e", after: "403 approval-required e"),
        PolicyKeyCase(
            key: "envelopes[].plan[].at", without: envelope("plan: [{ at: 100, do: refuse }]"), with: envelope("plan: [{ at: 200, do: refuse }]"),
            charges: [euro], before: "402 envelope-exhausted e", after: "allow"),
        PolicyKeyCase(
            key: "envelopes[].plan[].at: left out beside per_call", without: envelope("per_call: \"1\"", limit: nil),
            with: envelope("per_call: \"0.5\", plan: [{ do: require_approval }]", limit: nil), before: "allow", after: "403 approval-required e"),
        PolicyKeyCase(
            key: "envelopes[].plan[].do: alert", without: envelope("plan: [{ at: 100, do: refuse }]"),
            with: envelope("plan: [{ at: 90, do: alert }, { at: 100, do: refuse }]"), path: "/v1/alerts", member: "data.0.percent", before: "-",
            after: "90"),
        PolicyKeyCase(
            key: "envelopes[].plan[].do: downgrade", without: threeTiers + envelope("plan: [{ at: 100, do: refuse }]"),
            with: threeTiers + envelope("plan: [{ at: 50, do: downgrade, to: cheap }, { at: 100, do: refuse }]"), before: "allow",
            after: "downgrade small"),
        PolicyKeyCase(
            key: "envelopes[].plan[].do: suspend", without: envelope("per: [agent_id], plan: [{ at: 100, do: require_approval }]"),
            with: envelope("per: [agent_id], plan: [{ at: 100, do: require_approval }, { at: 150, do: suspend }]"), charges: [euro, euro],
            before: "403 approval-required e", after: "403 suspended e"),
        PolicyKeyCase(
            key: "envelopes[].plan[].to", without: threeTiers + envelope("plan: [{ at: 50, do: downgrade, to: cheap }, { at: 100, do: refuse }]"),
            with: threeTiers + envelope("plan: [{ at: 50, do: downgrade, to: middle }, { at: 100, do: refuse }]"), before: "downgrade small",
            after: "downgrade mid"),
    ]
}
