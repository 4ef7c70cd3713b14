@testable import Ledger
import Testing

@Suite("Tag rules of a policy")
struct TagRulesReaderTests {
    /// Reads what stands under `tags`; its first member is on line 2.
    private static func read(_ draft: Draft) -> (rules: TagRules, issues: [PolicyIssue]) {
        guard case .object(let members) = (["tags": draft] as Draft).node.value else { return (.none, []) }
        var reader = PolicyReader()
        let rules = reader.tagRules(members[0].node, at: "/tags")
        return (rules, reader.issues)
    }

    private static func rules(_ draft: Draft) -> TagRules {
        let (rules, issues) = read(draft)
        #expect(issues.isEmpty)
        return rules
    }

    private static func check(_ broken: BrokenPolicy) {
        let issues = read(broken.draft).issues
        #expect(issues.map(\.pointer) == [broken.pointer])
        #expect(issues.map(\.line) == [broken.line])
        #expect(issues.first?.detail.contains(broken.detail) == true, "\(issues)")
    }

    /// Rules with one exception, of which one member is replaced, or left out where `value` is nil. As it stands here, the
    /// exception has its match on line 5, what may be missing on 7, its expiry on 9 and its reason on 10.
    private static func exception(_ name: String = "", _ value: Draft? = nil) -> Draft {
        var members: [(String, Draft)] = [
            ("match", ["workflow_name": "legacy_import"]), ("missing", ["cost_center"]), ("expires", "2027-01-31"), ("reason", "PLAT-88"),
        ]
        if let index = members.firstIndex(where: { $0.0 == name }) {
            if let value { members[index].1 = value } else { members.remove(at: index) }
        } else if let value {
            members.append((name, value))
        }
        return ["required": ["cost_center"], "exceptions": [.object(members)]]
    }

    // MARK: - Rules that can be used

    @Test("are read as they were written")
    func everyField() throws {
        let rules = Self.rules([
            "required": ["team_id", ["product", "feature_id"], "environment"],
            "values": ["environment": ["production", "sandbox"], "agent_id": ["triage-*", .number("007")]],
            "allow_missing_in": ["sandbox", "laptop"],
            "exceptions": [
                [
                    "match": ["workflow_name": "legacy_*", "environment": ["production", "staging"]], "missing": ["team_id", "product"],
                    "expires": "2027-01-31", "reason": "migration PLAT-88",
                ]
            ],
        ])
        #expect(rules.requirements == [TagRequirement(groups: [["team_id"], ["product", "feature_id"], ["environment"]])])
        #expect(
            rules.values == [
                TagValues(name: "environment", allowed: .anyOf([.exact("production"), .exact("sandbox")])),
                TagValues(name: "agent_id", allowed: .anyOf([Matcher("triage-*"), .exact("007")])),
            ])
        #expect(rules.allowMissingIn == .anyOf([.exact("sandbox"), .exact("laptop")]))
        let exception = try #require(rules.exceptions.first)
        #expect(exception.match.map(\.label) == ["workflow_name", "environment"])
        #expect(exception.match.map(\.matcher) == [Matcher("legacy_*"), .anyOf([.exact("production"), .exact("staging")])])
        #expect(exception.missing == ["team_id", "product"])
        #expect(exception.reason == "migration PLAT-88")
        #expect(rules.exceptions.count == 1)
    }

    @Test("may require tags by environment")
    func byEnvironment() {
        let rules = Self.rules(["required": ["production": ["team_id", ["a", "b"]], "staging": ["team_id"]]])
        #expect(
            rules.requirements == [
                TagRequirement(environment: .exact("production"), groups: [["team_id"], ["a", "b"]]),
                TagRequirement(environment: .exact("staging"), groups: [["team_id"]]),
            ])
    }

    @Test("may be empty")
    func empty() { #expect(Self.rules([:]) == .none) }

    @Test(
        "a day lasts until its end in UTC, a time until itself",
        arguments: [
            ("2027-01-31", "2027-02-01T00:00:00Z"), ("2028-02-29", "2028-03-01T00:00:00Z"), ("2027-12-31", "2028-01-01T00:00:00Z"),
            ("2027-01-31T18:00:00Z", "2027-01-31T18:00:00Z"), ("2027-01-31T18:00:00.5+02:00", "2027-01-31T16:00:00.500000Z"),
        ])
    func expiry(text: String, end: String) {
        #expect(Self.rules(Self.exception("expires", .text(text))).exceptions.map(\.expires) == [Timestamp(rfc3339: end)])
    }

    @Test("keep an exception that expired long ago, without effect")
    func expired() {
        let rules = Self.rules(Self.exception("expires", "1999-12-31"))
        let tags = Tags(["workflow_name": "legacy_import"])
        #expect(rules.faults(in: tags, at: Timestamp(seconds: 1_800_000_000)) == [.missing(anyOf: ["cost_center"])])
        #expect(rules.faults(in: tags, at: Timestamp(seconds: 900_000_000)).isEmpty)
    }

    @Test("an exception may be for a tag that one environment or one group requires")
    func exceptionRequired() {
        let byEnvironment: Draft = ["staging": ["team_id", ["product", "feature_id"]]]
        for name in ["team_id", "feature_id"] {
            let exception: Draft = ["match": ["user_id": "u"], "missing": [.text(name)], "expires": "2027-01-31", "reason": "x"]
            #expect(Self.rules(["exceptions": [exception], "required": byEnvironment]).exceptions.count == 1)
        }
        let environment: Draft = ["match": ["environment": "production"], "missing": ["environment"], "expires": "2027-01-31", "reason": "x"]
        #expect(Self.rules(["required": ["environment"], "exceptions": [environment]]).exceptions.count == 1)
    }

    // MARK: - Rules that cannot

    @Test(
        "names the place: rules and required tags",
        arguments: [
            BrokenPolicy("a text", "team_id", "/tags", line: 1, "mapping"),
            BrokenPolicy("a list", ["team_id"], "/tags", line: 2, "mapping"),
            BrokenPolicy("an unknown key", ["allow_missing": ["sandbox"]], "/tags/allow_missing", line: 2, "allow_missing_in"),
            BrokenPolicy("a key twice", ["required": ["a"], "required": ["b"]], "/tags/required", line: 4, "twice"),
            BrokenPolicy("a text to require", ["required": "team_id"], "/tags/required", line: 2, "write a list of tags"),
            BrokenPolicy("null to require", ["required": nil], "/tags/required", line: 2, "write a list of tags"),
            BrokenPolicy("an empty list", ["required": []], "/tags/required", line: 2, "empty list"),
            BrokenPolicy("an empty mapping", ["required": [:]], "/tags/required", line: 2, "empty mapping"),
            BrokenPolicy("an empty group", ["required": ["a", []]], "/tags/required/1", line: 4, "empty list"),
            BrokenPolicy("a tag twice in a group", ["required": [["a", "b", "a"]]], "/tags/required/0/2", line: 5, "'a' stands here twice"),
            BrokenPolicy("a tag twice", ["required": ["a", "b", "a"]], "/tags/required/2", line: 5, "'a' is required here twice"),
            BrokenPolicy("a group twice", ["required": [["a", "b"], ["b", "a"]]], "/tags/required/1", line: 5, "twice"),
            BrokenPolicy("a group in a group", ["required": [["a", ["b"]]]], "/tags/required/0/1", line: 4, "text"),
            BrokenPolicy("a name with a dash", ["required": ["team-id"]], "/tags/required/0", line: 3, "no tag name"),
            BrokenPolicy("a name in a group with capitals", ["required": ["a", ["b", "teamId"]]], "/tags/required/1/1", line: 5, "no tag name"),
            BrokenPolicy("the model", ["required": ["model"]], "/tags/required/0", line: 3, "'model' cannot be a tag"),
            BrokenPolicy("the tool", ["required": [["a", "tool"]]], "/tags/required/0/1", line: 4, "'tool' cannot be a tag"),
            BrokenPolicy("the tier", ["required": ["production": ["tier"]]], "/tags/required/production/0", line: 4, "'tier' cannot be a tag"),
            BrokenPolicy(
                "more than a call carries", ["required": .list((0...64).map { .text("t\($0)") })], "/tags/required", line: 3, "at most 64"),
            BrokenPolicy(
                "an environment without a list", ["required": ["production": "team_id"]], "/tags/required/production", line: 3, "list"),
            BrokenPolicy(
                "an environment with an empty list", ["required": ["a/b": []]], "/tags/required/a~1b", line: 3, "name at least one tag"),
            BrokenPolicy("an environment twice", ["required": ["a": ["x"], "a": ["y"]]], "/tags/required/a", line: 5, "twice"),
            BrokenPolicy("a pattern of environments", ["required": ["prod*": ["x"]]], "/tags/required/prod*", line: 3, "patterns"),
            BrokenPolicy("an environment without a name", ["required": ["": ["x"]]], "/tags/required/", line: 3, "1 to 256"),
        ])
    func required(broken: BrokenPolicy) { Self.check(broken) }

    @Test(
        "names the place: values and environments",
        arguments: [
            BrokenPolicy("values as a list", ["values": ["environment"]], "/tags/values", line: 3, "mapping"),
            BrokenPolicy("no tag", ["values": [:]], "/tags/values", line: 2, "empty mapping"),
            BrokenPolicy("one value as a text", ["values": ["intent": "production"]], "/tags/values/intent", line: 3, "list"),
            BrokenPolicy("no value", ["values": ["intent": []]], "/tags/values/intent", line: 3, "allows nothing"),
            BrokenPolicy("an empty value", ["values": ["intent": [""]]], "/tags/values/intent/0", line: 4, "1 to 256"),
            BrokenPolicy("a value that is true", ["values": ["intent": [true]]], "/tags/values/intent/0", line: 4, "text"),
            BrokenPolicy("a value twice", ["values": ["intent": ["a", "b*", "a"]]], "/tags/values/intent/2", line: 6, "'a' stands here twice"),
            BrokenPolicy("values of a tag twice", ["values": ["a": ["x"], "a": ["y"]]], "/tags/values/a", line: 5, "twice"),
            BrokenPolicy("values of what is no tag", ["values": ["a b": ["x"]]], "/tags/values/a b", line: 3, "no tag name"),
            BrokenPolicy("values of the model", ["values": ["model": ["gpt-5"]]], "/tags/values/model", line: 3, "cannot be a tag"),
            BrokenPolicy("values of the tier", ["values": ["tier": ["economy"]]], "/tags/values/tier", line: 3, "cannot be a tag"),
            BrokenPolicy("an environment as a text", ["allow_missing_in": "sandbox"], "/tags/allow_missing_in", line: 2, "list"),
            BrokenPolicy("no environment", ["allow_missing_in": []], "/tags/allow_missing_in", line: 2, "empty list"),
            BrokenPolicy("an environment twice", ["allow_missing_in": ["x", "x"]], "/tags/allow_missing_in/1", line: 4, "twice"),
            BrokenPolicy("a pattern", ["allow_missing_in": ["sandbox-*"]], "/tags/allow_missing_in/0", line: 3, "patterns"),
            BrokenPolicy(
                "an environment with required tags", ["required": ["a": ["x"], "b": ["x"]], "allow_missing_in": ["c", "b"]],
                "/tags/allow_missing_in/1", line: 9, "line 5"),
        ])
    func values(broken: BrokenPolicy) { Self.check(broken) }

    @Test("values that look alike are two")
    func valuesBytes() {
        let rules = Self.rules(["values": ["intent": ["caf\u{E9}", "cafe\u{301}"]]])
        #expect(rules.values.first?.allowed.texts.count == 2)
    }

    @Test(
        "names the place: exceptions",
        arguments: [
            BrokenPolicy("a mapping", ["exceptions": ["match": ["a": "x"]]], "/tags/exceptions", line: 3, "list"),
            BrokenPolicy("none", ["exceptions": []], "/tags/exceptions", line: 2, "empty list"),
            BrokenPolicy("a text", ["exceptions": ["legacy"]], "/tags/exceptions/0", line: 3, "mapping"),
            BrokenPolicy("no match", exception("match"), "/tags/exceptions/0", line: 5, "match:"),
            BrokenPolicy("no missing", exception("missing"), "/tags/exceptions/0", line: 5, "missing:"),
            BrokenPolicy("no expiry", exception("expires"), "/tags/exceptions/0", line: 5, "expires: 2027-01-31"),
            BrokenPolicy("no reason", exception("reason"), "/tags/exceptions/0", line: 5, "reason:"),
            BrokenPolicy("an unknown key", exception("until", "2027-01-31"), "/tags/exceptions/0/until", line: 11, "unknown key 'until'"),
            BrokenPolicy("a match that is a text", exception("match", "legacy"), "/tags/exceptions/0/match", line: 5, "mapping"),
            BrokenPolicy("a match of every call", exception("match", [:]), "/tags/exceptions/0/match", line: 5, "at least one tag"),
            BrokenPolicy("a match on nothing", exception("match", ["a": []]), "/tags/exceptions/0/match/a", line: 6, "matches nothing"),
            BrokenPolicy("a match on no tag", exception("match", ["A": "x"]), "/tags/exceptions/0/match/A", line: 6, "no tag name"),
            BrokenPolicy("a match on the model", exception("match", ["model": "x"]), "/tags/exceptions/0/match/model", line: 6, "tags alone"),
            BrokenPolicy(
                "a match on the tier too", exception("match", ["a": "x", "tier": "x"]), "/tags/exceptions/0/match/tier", line: 7, "tags alone"),
            BrokenPolicy(
                "a match on the tag itself", exception("match", ["cost_center": "x"]), "/tags/exceptions/0/missing/0", line: 8, "cannot lack it"),
            BrokenPolicy("missing as a text", exception("missing", "cost_center"), "/tags/exceptions/0/missing", line: 7, "list"),
            BrokenPolicy("nothing missing", exception("missing", []), "/tags/exceptions/0/missing", line: 7, "empty list"),
            BrokenPolicy("the tool missing", exception("missing", ["tool"]), "/tags/exceptions/0/missing/0", line: 8, "cannot be a tag"),
            BrokenPolicy(
                "a tag missing twice", exception("missing", ["cost_center", "cost_center"]), "/tags/exceptions/0/missing/1", line: 9, "twice"),
            BrokenPolicy(
                "a tag that nothing requires", exception("missing", ["cost_center", "team_id"]), "/tags/exceptions/0/missing/1", line: 9,
                "nothing requires 'team_id'"),
            BrokenPolicy(
                "a tag where nothing is required at all",
                ["exceptions": [["match": ["a": "x"], "missing": ["b"], "expires": "2027-01-31", "reason": "x"]]],
                "/tags/exceptions/0/missing/0", line: 6, "nothing requires 'b'"),
            BrokenPolicy("no such day", exception("expires", "2027-02-29"), "/tags/exceptions/0/expires", line: 9, "2027-01-31"),
            BrokenPolicy("a time without a zone", exception("expires", "2027-01-31T18:00:00"), "/tags/exceptions/0/expires", line: 9, "18:00:00Z"),
            BrokenPolicy("a number", exception("expires", 20_270_131), "/tags/exceptions/0/expires", line: 9, "2027-01-31"),
            BrokenPolicy("never", exception("expires", Draft.null), "/tags/exceptions/0/expires", line: 9, "2027-01-31"),
            BrokenPolicy("an empty reason", exception("reason", ""), "/tags/exceptions/0/reason", line: 10, "1 to 1024"),
        ])
    func exceptions(broken: BrokenPolicy) { Self.check(broken) }

    @Test("tells everything that is wrong at once, but not of tags that are perhaps required")
    func everything() {
        let issues = Self.read([
            "required": ["Team", "cost_center"], "values": ["model": ["x"], "intent": []],
            "exceptions": [["match": ["a": "x"], "missing": ["team"], "reason": "x"], "none"],
        ]).issues
        #expect(
            issues.map { "\($0.line) \($0.pointer)" } == [
                "3 /tags/required/0", "6 /tags/values/model", "8 /tags/values/intent", "10 /tags/exceptions/0", "15 /tags/exceptions/1",
            ])
    }
}
