import Ledger
import Testing

@Suite("Several documents are one policy")
struct PolicyDocumentsTests {
    private static let envelope: Draft = ["name": "a", "meter": "cost", "limit": "1"]

    private static func issues(_ files: (String, Draft)...) -> [String] {
        PolicyReader.issues(files.map { PolicyDocument(file: $0.0, root: $0.1.node) }).map(\.description)
    }

    private static let parts: [Draft] = [
        [
            "envelopes": [
                [
                    "name": "triage", "owner": "lead", "match": ["tier": "premium"], "meter": "cost", "limit": "10",
                    "plan": [["at": 100, "do": "downgrade", "to": "economy"], ["at": 120, "do": "refuse"]],
                ]
            ]
        ],
        ["models": ["gpt-5": ["tier": "premium", "downgrade_to": "gpt-5-mini"]]],
        ["tools": [["deny": ["web.*"], "when": ["envelope": "triage", "at": 80]]]],
        ["models": ["gpt-5-mini": ["tier": "economy"]], "tool_tiers": ["crm.*": "premium"]],
        ["tiers": ["premium", "economy"], "unmatched": "refuse"],
        ["contacts": ["lead": ["slack"]]],
    ]

    @Test("the order in which they come does not matter")
    func order() throws {
        var random = SplitMix64.announced("Order of documents")
        for _ in 0..<30 {
            let reading = try PolicyReader.read(Self.parts.shuffled(using: &random))
            let policy = reading.policy
            #expect(reading.warnings.isEmpty, "seed \(random.seed)")
            #expect(policy.envelope(named: "triage")?.plan.steps == [.downgrade(100, to: "economy"), .refuse(120)])
            #expect(policy.routes.tiers == ["premium", "economy"])
            #expect(policy.routes.target(from: "gpt-5", to: "economy") == "gpt-5-mini")
            #expect(policy.routes.tier(ofTool: "crm.get") == "premium")
            #expect(policy.accessRules.map(\.when) == [AccessRule.Level(envelope: "triage", at: 80)])
            #expect(policy.unmatched == .refuse)
            #expect(policy.contacts == [Contact(owner: "lead", channels: ["slack"])])
        }
    }

    @Test("an issue names the file it is in")
    func files() {
        #expect(
            Self.issues(("a.yaml", ["envelopes": [Self.envelope]]), ("b.yaml", ["unmatched": "maybe", "envelopes": [["name": "B"]]])).sorted() == [
                "b.yaml:1: /unmatched: write one of admit, refuse",
                "b.yaml:3: /envelopes/0/name: write lower-case letters, digits, '-' and '_', such as support-triage",
                "b.yaml:3: /envelopes/0: an envelope needs a limit or a per_call",
                "b.yaml:3: /envelopes/0: an envelope needs a meter: cost, tokens, model_calls or tool_calls",
            ])
        #expect(Self.issues(("a.yaml", ["x": 1]), ("b.yaml", ["y": 1])).map { $0.prefix(12) } == ["a.yaml:1: /x", "b.yaml:1: /y"])
    }

    @Test("two envelopes of one name are told with the place of the first, in the same file and in another")
    func names() {
        let other: Draft = ["name": "z", "meter": "cost", "limit": "1"]
        #expect(
            Self.issues(("a.yaml", ["envelopes": [other, Self.envelope, Self.envelope]])) == [
                "a.yaml:8: /envelopes/2/name: the envelope on line 5 has the name 'a' too; names must be unique"
            ])
        #expect(
            Self.issues(("a.yaml", ["envelopes": [other, Self.envelope]]), ("b.yaml", ["envelopes": [Self.envelope]])) == [
                "b.yaml:2: /envelopes/0/name: the envelope in a.yaml, line 5, has the name 'a' too; names must be unique"
            ])
    }

    @Test(
        "what is said once for all stands in one document only",
        arguments: [
            BrokenPolicy("tiers", ["tiers": ["premium"]], ["tiers": ["economy"]], at: "/tiers", line: 2, "stands in another document too"),
            BrokenPolicy("unmatched", ["unmatched": "admit"], ["unmatched": "admit"], at: "/unmatched", line: 1, "another document"),
            BrokenPolicy(
                "unknown_price", ["unknown_price": "refuse"], ["unknown_price": "refuse"], at: "/unknown_price", line: 1, "another document"),
            BrokenPolicy(
                "a model", ["tiers": ["premium"], "models": ["m": ["tier": "premium"]]], ["models": ["m": ["tier": "premium"]]], at: "/models/m",
                line: 2,
                "'m' stands in another document too"),
        ])
    func once(broken: BrokenPolicy) { broken.check() }

    @Test("an unknown key is told in the document that it is in, after what is wrong with the known ones")
    func rest() {
        #expect(
            Self.issues(("a.yaml", ["nope": 1]), ("b.yaml", ["unmatched": 1])).map { $0.prefix(20) } == [
                "b.yaml:1: /unmatched", "a.yaml:1: /nope: unk",
            ])
    }
}
