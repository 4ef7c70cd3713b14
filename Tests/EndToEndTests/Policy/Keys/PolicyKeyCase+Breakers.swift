extension PolicyKeyCase {
    private static let run = Call(["run_id": "r", "agent_id": "a"], cost: "1", model: "big")
    private static let search = Call(["run_id": "r", "agent_id": "a"], tool: "kb.search", cost: "1")

    private static func of(user: String) -> Call { Call(["run_id": "r", "agent_id": "a", "user_id": user], cost: "1", model: "big") }

    /// One breaker of a run that trips at the second call, but for what the case changes.
    private static func breaker(
        name: String = "b", on: String = "run", _ when: String = "{ steps: 1 }", _ action: String = "suspend", _ more: String = ""
    ) -> String {
        "breakers: [ { name: \(name), on: \(on), when: \(when), do: \(action)\(more) } ]"
    }

    private static let stopped = "403 suspended"

    static let breakers: [PolicyKeyCase] = [
        PolicyKeyCase(key: "breakers", without: "{}", with: breaker(), holds: [run], call: run, before: "allow", after: stopped),
        PolicyKeyCase(
            key: "breakers[].name", without: breaker(), with: breaker(name: "mine"), holds: [run], call: run, member: "reason",
            before: "run 'r' made 1 calls, as many as 'b' allows", after: "run 'r' made 1 calls, as many as 'mine' allows"),
        PolicyKeyCase(
            key: "breakers[].on", without: breaker(on: "user"), with: breaker(on: "agent"), holds: [of(user: "u")], call: of(user: "v"),
            before: "allow", after: stopped),
        PolicyKeyCase(
            key: "breakers[].match", without: breaker(), with: breaker("{ steps: 1 }", "suspend", ", match: { agent_id: other }"), holds: [run],
            call: run, before: stopped, after: "allow"),
        PolicyKeyCase(
            key: "breakers[].when", without: breaker("{ steps: 2 }"), with: breaker("{ steps: 1 }"), holds: [run], call: run, before: "allow",
            after: stopped),
        PolicyKeyCase(
            key: "breakers[].do", without: breaker("{ steps: 1 }", "alert"), with: breaker(), holds: [run], call: run, before: "allow",
            after: stopped),
        PolicyKeyCase(
            key: "breakers[].owner", without: breaker(), with: breaker("{ steps: 1 }", "suspend", ", owner: me"), holds: [run], call: run,
            path: "/v1/policy", member: "breakers.0.owner", before: "-", after: "me"),
        PolicyKeyCase(
            key: "breakers[].playbook", without: breaker(),
            with: breaker("{ steps: 1 }", "suspend", ", playbook: \"https://wiki.example.com/p\""), holds: [run], call: run, path: "/v1/policy",
            member: "breakers.0.playbook", before: "-", after: "https://wiki.example.com/p"),
        PolicyKeyCase(
            key: "breakers[].when.same_state", without: breaker("{ same_state: 3 }"), with: breaker("{ same_state: 2 }"),
            holds: [run.inState("x"), run.inState("x")], call: run.inState("x"), before: "allow", after: stopped),
        PolicyKeyCase(
            key: "breakers[].when.steps", without: breaker("{ steps: 3 }"), with: breaker("{ steps: 2 }"), holds: [run, search], call: run,
            before: "allow", after: stopped),
        PolicyKeyCase(
            key: "breakers[].when.cost", without: breaker("{ cost: { above: \"2\" } }"), with: breaker("{ cost: { above: \"1.9\" } }"),
            charges: [run, run], call: run, before: "allow", after: stopped),
        PolicyKeyCase(
            key: "breakers[].when.tool_errors", without: breaker("{ tool_errors: 3 }"), with: breaker("{ tool_errors: 2 }"),
            charges: [search.answered("empty"), search.answered("error")], call: run, before: "allow", after: stopped),
        PolicyKeyCase(
            key: "breakers[].when.tool_calls", without: breaker("{ tool_calls: { count: 3, within: 5m } }"),
            with: breaker("{ tool_calls: { count: 2, within: 5m } }"), holds: [search, search], call: search, before: "allow", after: stopped),
        PolicyKeyCase(
            key: "breakers[].when.overrun", without: overrun(60), with: overrun(50), charges: [run, run], call: run, before: "allow",
            after: stopped),
    ]

    /// Two calls of 1 are 53 % beyond this limit.
    private static func overrun(_ percent: Int) -> String {
        """
        envelopes: [ { name: e, per: [run_id], meter: cost, limit: "1.3", plan: [ { at: 1000, do: refuse } ] } ]
        \(breaker("{ overrun: { percent: \(percent), within: 1h, envelope: e } }"))
        """
    }
}
