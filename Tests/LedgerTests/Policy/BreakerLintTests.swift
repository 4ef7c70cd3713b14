import Ledger
import Testing

@Suite("Breakers as a policy writes them")
struct BreakerLintTests {
    /// Breakers, the first of which begins on line 2, and three envelopes.
    private static func policy(_ breakers: Draft...) -> Draft {
        [
            "breakers": .list(breakers),
            "envelopes": [
                ["name": "day", "meter": "cost", "limit": "1", "per": ["agent_id"]],
                ["name": "tried", "meter": "cost", "limit": "1", "per": ["agent_id"], "mode": "shadow"],
                ["name": "single", "meter": "cost", "per_call": "1"],
            ],
        ]
    }

    /// One breaker with this condition, which stands on line 4.
    private static func when(_ when: Draft) -> Draft { policy(["name": "b", "on": "agent", "when": when, "do": "suspend"]) }

    private static func broken(_ name: String, when: Draft, _ pointer: String, line: Int, _ detail: String) -> BrokenPolicy {
        BrokenPolicy(name, Self.when(when), "/breakers/0/when" + pointer, line: line, detail)
    }

    @Test(
        "names the place of what cannot be used",
        arguments: [
            BrokenPolicy("a mapping", ["breakers": ["name": "b"]], "/breakers", line: 2, "list"),
            BrokenPolicy("no name", policy(["on": "run", "when": ["steps": 1], "do": "alert"]), "/breakers/0", line: 2, "needs a name"),
            BrokenPolicy(
                "a name that cannot be", policy(["name": "No Progress", "on": "run", "when": ["steps": 1], "do": "alert"]), "/breakers/0/name",
                line: 2, "lower-case letters"),
            BrokenPolicy("nobody", policy(["name": "b", "when": ["steps": 1], "do": "alert"]), "/breakers/0", line: 2, "on: run"),
            BrokenPolicy(
                "a team", policy(["name": "b", "on": "team", "when": ["steps": 1], "do": "alert"]), "/breakers/0/on", line: 3,
                "run, session, agent, user, workflow, key"),
            BrokenPolicy("no condition", policy(["name": "b", "on": "run", "do": "alert"]), "/breakers/0", line: 2, "when: { same_state: 10 }"),
            BrokenPolicy("does nothing", policy(["name": "b", "on": "run", "when": ["steps": 1]]), "/breakers/0", line: 2, "do: suspend"),
            BrokenPolicy(
                "refuses", policy(["name": "b", "on": "run", "when": ["steps": 1], "do": "refuse"]), "/breakers/0/do", line: 6,
                "suspend, alert"),
            BrokenPolicy(
                "an unknown key", policy(["name": "b", "on": "run", "when": ["steps": 1], "do": "alert", "within": "1h"]), "/breakers/0/within",
                line: 7, "name, on, match, when, do, owner, playbook"),
            BrokenPolicy(
                "a name twice",
                policy(
                    ["name": "b", "on": "run", "when": ["steps": 1], "do": "alert"], ["name": "b", "on": "run", "when": ["steps": 2], "do": "alert"]),
                "/breakers/1/name", line: 7, "the breaker on line 2"),
            BrokenPolicy(
                "the name of an envelope", policy(["name": "day", "on": "run", "when": ["steps": 1], "do": "alert"]), "/breakers/0/name", line: 2,
                "the envelope on line"),
            BrokenPolicy(
                "tools of a model",
                policy(["name": "b", "on": "run", "match": ["model": "m"], "when": ["tool_errors": 5], "do": "alert"]), "/breakers/0/match", line: 4,
                "no tool call has a model"),
            broken("none", when: [:], "", line: 4, "same_state, steps, cost, tool_errors, tool_calls, tokens, overrun"),
            broken("two", when: ["steps": 1, "same_state": 2], "", line: 5, "one condition only"),
            broken("an unknown one", when: ["state": 3], "/state", line: 5, "known here: same_state"),
            broken("one step in one state", when: ["same_state": 1], "/same_state", line: 5, "from 2 to 1000000"),
            broken("a text", when: ["steps": "3"], "/steps", line: 5, "whole number from 1"),
            broken("money as a number", when: ["cost": ["above": 5]], "/cost/above", line: 6, "write \"5\""),
            broken("an amount and a baseline", when: ["cost": ["above": "5", "times": 3]], "/cost/times", line: 7, "keep one of the two"),
            broken(
                "a count and a baseline", when: ["tool_calls": ["count": 5, "times": 3, "within": "5m"]], "/tool_calls/times", line: 7, "keep one"),
            broken("a count for ever", when: ["tool_calls": ["count": 5]], "/tool_calls", line: 6, "within: 5m"),
            broken("a baseline for ever", when: ["tokens": ["times": 3]], "/tokens", line: 6, "within: 5m"),
            broken("once the usual", when: ["tokens": ["times": 1, "within": "1h"]], "/tokens/times", line: 6, "from 2 to 1000"),
            broken("too long", when: ["tokens": ["within": "8d"]], "/tokens/within", line: 6, "at most 7 days"),
            broken(
                "of no envelope", when: ["overrun": ["percent": 50, "within": "1h", "envelope": "gone"]], "/overrun/envelope", line: 8,
                "no envelope 'gone' with a limit"),
            broken(
                "of one without a limit", when: ["overrun": ["percent": 50, "within": "1h", "envelope": "single"]], "/overrun/envelope", line: 8,
                "no envelope 'single' with a limit"),
            broken(
                "of one that is tried out", when: ["overrun": ["percent": 50, "within": "1h", "envelope": "tried"]], "/overrun/envelope", line: 8,
                "shadow mode"),
            broken(
                "ten times the limit", when: ["overrun": ["percent": 901, "within": "1h", "envelope": "day"]], "/overrun/percent", line: 6,
                "from 1 to 900"),
            BrokenPolicy(
                "of others than the envelope's",
                policy(["name": "b", "on": "run", "when": ["overrun": ["percent": 50, "within": "1h", "envelope": "day"]], "do": "suspend"]),
                "/breakers/0/on", line: 3, "write on: agent"),
            BrokenPolicy(
                "with a match",
                policy([
                    "name": "b", "on": "agent", "match": ["user_id": "u"],
                    "when": ["overrun": ["percent": 50, "within": "1h", "envelope": "day"]], "do": "suspend",
                ]), "/breakers/0/match", line: 4, "leave match out"),
        ])
    func mistakes(broken: BrokenPolicy) { broken.check() }

    @Test(
        "conditions that can be used are read as they are written",
        arguments: [
            (["same_state": 10], .sameState(10)), (["steps": 40], .steps(40)), (["tool_errors": 5], .toolErrors(5)),
            (["cost": ["above": "5"]], .cost(above: Money(nanos: 5_000_000_000))),
            (["tool_calls": ["count": 30, "within": "5m"]], .toolCalls(count: 30, withinSeconds: 300)),
            (["tool_calls": ["within": "5m"]], .baseline(.toolCalls, times: 10, withinSeconds: 300)),
            (["tool_calls": ["times": 4, "within": "5m"]], .baseline(.toolCalls, times: 4, withinSeconds: 300)),
            (["cost": ["times": 3, "within": "1h"]], .baseline(.cost, times: 3, withinSeconds: 3_600)),
            (["tokens": ["times": 3, "within": "1d"]], .baseline(.tokens, times: 3, withinSeconds: 86_400)),
            (["overrun": ["percent": 50, "within": "1h", "envelope": "day"]], .overrun(percent: 50, withinSeconds: 3_600, envelope: "day")),
        ] as [(Draft, Breaker.Condition)])
    func conditions(draft: Draft, condition: Breaker.Condition) throws {
        let policy = try Policy.read(Self.when(draft))
        #expect(policy.breakers.map(\.when) == [condition])
    }

    @Test("a difference tells what was added, removed and changed")
    func difference() throws {
        let old = try Policy.read(
            Self.policy(
                ["name": "a", "on": "run", "when": ["steps": 10], "do": "suspend"], ["name": "b", "on": "run", "when": ["steps": 1], "do": "alert"])
        )
        let new = try Policy.read(
            Self.policy(
                ["name": "a", "on": "run", "when": ["steps": 12], "do": "suspend"],
                ["name": "c", "on": "agent", "when": ["cost": ["above": "5"]], "do": "alert", "owner": "o"])
        )
        #expect(
            PolicyDifference.between(old, new) == [
                PolicyChange(.removed, "breaker", name: "b"),
                PolicyChange(
                    .changed, "breaker", name: "a",
                    detail: "on run; when steps: 10; do suspend → on run; when steps: 12; do suspend"),
                PolicyChange(.added, "breaker", name: "c", detail: "on agent; when cost: above 5; do alert; owner o"),
            ])
    }
}
