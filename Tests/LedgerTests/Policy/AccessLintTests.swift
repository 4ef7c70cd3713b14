import Ledger
import Testing

@Suite("Rules on tools and models that cannot be used")
struct AccessLintTests {
    /// One rule on tools, which begins on line 2, and an envelope with a limit and one without.
    private static func rule(_ rule: Draft) -> Draft {
        [
            "tools": [rule],
            "envelopes": [["name": "full", "meter": "cost", "limit": "1"], ["name": "single", "meter": "cost", "per_call": "1"]],
        ]
    }

    @Test(
        "names the place: rules",
        arguments: [
            BrokenPolicy("a rule that does nothing", rule(["match": ["agent_id": "x"]]), "/tools/0", line: 2, "neither allows nor denies"),
            BrokenPolicy("rules as a mapping", ["tools": ["allow": ["x"]]], "/tools", line: 2, "list"),
            BrokenPolicy("a rule that is a text", rule("crm.*"), "/tools/0", line: 2, "mapping"),
            BrokenPolicy("allow as a text", rule(["allow": "crm.*"]), "/tools/0/allow", line: 2, "list"),
            BrokenPolicy("deny with a list in it", rule(["deny": ["a", ["b"]]]), "/tools/0/deny/1", line: 4, "text"),
            BrokenPolicy(
                "a label that cannot be", rule(["match": ["agent-id": "x"], "deny": ["a"]]), "/tools/0/match/agent-id", line: 3, "no tag name"),
            BrokenPolicy("an unknown tier", rule(["match": ["tier": "x"], "deny": ["a"]]), "/tools/0/match/tier", line: 3, "list the tiers first"),
            BrokenPolicy(
                "an unknown key", rule(["deny": ["a"], "except": ["b"]]), "/tools/0/except", line: 4, "name, match, allow, deny, when"),
            BrokenPolicy("a key twice", rule(["deny": ["a"], "deny": ["b"]]), "/tools/0/deny", line: 4, "twice"),
            BrokenPolicy(
                "a name too long", rule(["name": .text(String(repeating: "a", count: 65)), "deny": ["a"]]), "/tools/0/name", line: 2, "1 to 64"),
            BrokenPolicy(
                "a rule on models that does nothing", ["model_rules": [["name": "r"]]], "/model_rules/0", line: 2, "neither allows nor denies"),
        ])
    func rules(broken: BrokenPolicy) { broken.check() }

    private static func when(_ when: Draft) -> Draft { rule(["deny": ["a"], "when": when]) }

    @Test(
        "names the place: from which share on",
        arguments: [
            BrokenPolicy("a text", when("full"), "/tools/0/when", line: 4, "mapping"),
            BrokenPolicy("of an unknown envelope", when(["envelope": "gone", "at": 80]), "/tools/0/when/envelope", line: 5, "no envelope 'gone'"),
            BrokenPolicy("of one without a limit", when(["envelope": "single", "at": 80]), "/tools/0/when/envelope", line: 5, "with a limit"),
            BrokenPolicy("of no envelope", when(["at": 80]), "/tools/0/when", line: 5, "when: { envelope: support-triage, at: 80 }"),
            BrokenPolicy("from nowhere", when(["envelope": "full"]), "/tools/0/when", line: 5, "when: { envelope: support-triage, at: 80 }"),
            BrokenPolicy("a text as a share", when(["envelope": "full", "at": "80"]), "/tools/0/when/at", line: 6, "whole percentage"),
            BrokenPolicy("below nothing", when(["envelope": "full", "at": -1]), "/tools/0/when/at", line: 6, "0 to 1000"),
            BrokenPolicy("beyond ten times", when(["envelope": "full", "at": 1_001]), "/tools/0/when/at", line: 6, "0 to 1000"),
            BrokenPolicy("an unknown key", when(["envelope": "full", "at": 80, "for": "1h"]), "/tools/0/when/for", line: 7, "envelope, at"),
        ])
    func levels(broken: BrokenPolicy) { broken.check() }

    @Test("rules that can be used are read as they are written")
    func good() throws {
        let policy = try Policy.read(
            [
                "tools": [
                    ["match": ["agent_id": "triage-*"], "allow": ["crm.*", "kb.search"], "deny": ["crm.delete"]],
                    ["name": "late", "deny": ["web.*"], "when": ["envelope": "full", "at": 0]],
                ]
            ],
            ["model_rules": [["allow": ["gpt-*"]]], "tools": [["allow": []]]],
            ["envelopes": [["name": "full", "meter": "cost", "limit": "1"]]])
        #expect(
            policy.accessRules == [
                AccessRule(
                    name: "tools/0", kind: .tool, match: [Condition("agent_id", "triage-*")], allow: [Matcher("crm.*"), Matcher("kb.search")],
                    deny: [Matcher("crm.delete")]),
                AccessRule(name: "late", kind: .tool, deny: [Matcher("web.*")], when: AccessRule.Level(envelope: "full", at: 0)),
                AccessRule(name: "tools/0", kind: .tool, allow: []),
                AccessRule(name: "model_rules/0", kind: .model, allow: [Matcher("gpt-*")]),
            ])
    }
}
