import Ledger
import Testing

@Suite("What a policy says of anomalies and baselines")
struct AnomalyLintTests {
    private static func broken(_ description: String, _ rules: Draft, _ pointer: String, line: Int, _ says: String) -> BrokenPolicy {
        BrokenPolicy(description, ["anomalies": rules], "/anomalies\(pointer)", line: line, says)
    }

    private static func plan(_ plan: Draft) -> Draft { ["planned": [plan]] }

    @Test(
        "names the place: anomalies",
        arguments: [
            broken("a text", "all", "", line: 1, "mapping"),
            broken("an unknown key", ["enabled": true], "/enabled", line: 2, "minimum_cost, sensitivity, do, planned"),
            broken("money as a number", ["minimum_cost": 5], "/minimum_cost", line: 2, "write \"5\""),
            broken("an unknown sensitivity", ["sensitivity": "extreme"], "/sensitivity", line: 2, "low, normal, high"),
            broken("an unknown kind", ["do": ["gremlins": "alert"]], "/do/gremlins", line: 3, "cost_per_task, agent_spend"),
            broken("an unknown action", ["do": ["agent_spend": "refuse"]], "/do/agent_spend", line: 3, "alert, suspend, off"),
            broken("nobody to suspend", ["do": ["tag_coverage": "suspend"]], "/do/tag_coverage", line: 3, "whole organisation"),
            broken("a plan without an end", plan(["from": "2027-01-01", "reason": "x"]), "/planned/0", line: 3, "to: 2027-01-31"),
            broken("a plan without a reason", plan(["from": "2027-01-01", "to": "2027-01-02"]), "/planned/0", line: 3, "reason"),
            broken(
                "a plan that ends before it begins", plan(["from": "2027-01-03", "to": "2027-01-01", "reason": "x"]), "/planned/0/to", line: 4,
                "not after from"),
            broken("no day", plan(["from": "soon", "to": "2027-01-01", "reason": "x"]), "/planned/0/from", line: 3, "2027-01-31"),
            broken(
                "a tag that is not known", plan(["from": "2027-01-01", "to": "2027-01-02", "match": ["team_id": "a"], "reason": "x"]),
                "/planned/0/match/team_id", line: 6, "agent_id, user_id"),
        ])
    func anomalies(broken: BrokenPolicy) { broken.check() }

    @Test(
        "names the place: baselines",
        arguments: [
            BrokenPolicy(
                "of a run",
                ["breakers": [["name": "a", "on": "run", "when": ["cost": ["times": 3, "within": "1h"]], "do": "alert"]]],
                "/breakers/0/on", line: 3, "agent, user or workflow"),
            BrokenPolicy(
                "over a week",
                ["breakers": [["name": "a", "on": "agent", "when": ["cost": ["times": 3, "within": "2d"]], "do": "alert"]]],
                "/breakers/0/when", line: 3, "within: 1d"),
        ])
    func baselines(broken: BrokenPolicy) { broken.check() }
}
