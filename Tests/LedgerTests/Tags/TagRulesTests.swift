import Ledger
import Testing

@Suite("Tag rules")
struct TagRulesTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private static func faults(_ rules: TagRules, _ tags: [String: String]) -> [TagFault] { rules.faults(in: Tags(tags), at: now) }

    private static func exception(
        _ match: [String: Matcher], missing: [String], expires: Timestamp = now.adding(seconds: 1)
    ) -> TagException {
        TagException(
            match: match.map { Condition(label: $0.key, matcher: $0.value) }, missing: missing, expires: expires, reason: "not migrated")
    }

    @Test("without rules nothing is wrong, and nothing may be lacking")
    func none() {
        #expect(Self.faults(.none, [:]).isEmpty)
        #expect(Self.faults(.none, ["environment": "nowhere"]).isEmpty)
        #expect(!TagRules.none.mayLack("run_id", in: Tags(), at: Self.now))
        #expect(!TagRules.none.mayLack("run_id", in: Tags(["environment": "production"]), at: Self.now))
    }

    // MARK: - Required

    @Test("every required tag that a call lacks is named, in the order of the rules")
    func required() {
        let rules = TagRules(requirements: [TagRequirement(groups: [["team_id"], ["cost_center"], ["intent"]])])
        #expect(Self.faults(rules, [:]) == [.missing(anyOf: ["team_id"]), .missing(anyOf: ["cost_center"]), .missing(anyOf: ["intent"])])
        #expect(Self.faults(rules, ["cost_center": "cc", "other": "x"]) == [.missing(anyOf: ["team_id"]), .missing(anyOf: ["intent"])])
        #expect(Self.faults(rules, ["cost_center": "cc", "team_id": "t", "intent": "i"]).isEmpty)
        #expect(Self.faults(rules, ["environment": "anywhere"]).count == 3)
    }

    @Test("any one tag of a group suffices")
    func anyOf() {
        let rules = TagRules(requirements: [TagRequirement(groups: [["product", "feature_id"]])])
        #expect(Self.faults(rules, ["team_id": "t"]) == [.missing(anyOf: ["product", "feature_id"])])
        for name in ["product", "feature_id"] { #expect(Self.faults(rules, [name: "x"]).isEmpty) }
        #expect(Self.faults(rules, ["product": "x", "feature_id": "y"]).isEmpty)
    }

    @Test("each environment has its own list; one that is not named requires nothing; a call without one is of production")
    func byEnvironment() {
        let rules = TagRules(requirements: [
            TagRequirement(environment: .exact("production"), groups: [["team_id"], ["cost_center"]]),
            TagRequirement(environment: .exact("staging"), groups: [["team_id"]]),
        ])
        #expect(Self.faults(rules, [:]) == [.missing(anyOf: ["team_id"]), .missing(anyOf: ["cost_center"])])
        #expect(Self.faults(rules, ["environment": "production"]) == [.missing(anyOf: ["team_id"]), .missing(anyOf: ["cost_center"])])
        #expect(Self.faults(rules, ["environment": "staging"]) == [.missing(anyOf: ["team_id"])])
        for other in ["sandbox", "Production", "production ", "stag"] { #expect(Self.faults(rules, ["environment": other]).isEmpty) }
    }

    @Test("environments are told apart byte by byte")
    func environmentBytes() {
        let rules = TagRules(requirements: [TagRequirement(environment: .exact("caf\u{E9}"), groups: [["team_id"]])])
        #expect(Self.faults(rules, ["environment": "caf\u{E9}"]).count == 1)
        #expect(Self.faults(rules, ["environment": "cafe\u{301}"]).isEmpty)
    }

    @Test("environment itself can be required, although a call without it counts as production")
    func environmentRequired() {
        let everywhere = TagRules(requirements: [TagRequirement(groups: [["environment"]])])
        #expect(Self.faults(everywhere, [:]) == [.missing(anyOf: ["environment"])])
        #expect(Self.faults(everywhere, ["environment": "x"]).isEmpty)
        let production = TagRules(requirements: [TagRequirement(environment: .exact("production"), groups: [["environment"]])])
        #expect(Self.faults(production, [:]) == [.missing(anyOf: ["environment"])])
        let excused = TagRules(
            requirements: everywhere.requirements, exceptions: [Self.exception(["environment": Matcher("prod*")], missing: ["environment"])])
        #expect(Self.faults(excused, [:]).isEmpty)
    }

    @Test("where tags may be missing nothing is required; production is no such place by its absence")
    func allowMissingIn() {
        let rules = TagRules(
            requirements: [TagRequirement(groups: [["team_id"]])], allowMissingIn: .anyOf([.exact("sandbox"), .exact("laptop")]))
        #expect(Self.faults(rules, ["environment": "sandbox"]).isEmpty)
        #expect(Self.faults(rules, ["environment": "laptop"]).isEmpty)
        #expect(Self.faults(rules, ["environment": "staging"]) == [.missing(anyOf: ["team_id"])])
        #expect(Self.faults(rules, [:]) == [.missing(anyOf: ["team_id"])])
        let production = TagRules(requirements: rules.requirements, allowMissingIn: .exact("production"))
        #expect(Self.faults(production, [:]).isEmpty)
        #expect(Self.faults(production, ["environment": "sandbox"]).count == 1)
    }

    // MARK: - Values

    @Test("a tag has one of its values or matches a pattern among them, in every environment")
    func values() {
        let rules = TagRules(
            values: [
                TagValues(name: "intent", allowed: .anyOf([Matcher("exploration"), Matcher("prod-*")])),
                TagValues(name: "environment", allowed: .anyOf([Matcher("production"), Matcher("sandbox")])),
            ],
            allowMissingIn: .exact("sandbox"))
        #expect(Self.faults(rules, ["intent": "exploration"]).isEmpty)
        #expect(Self.faults(rules, ["intent": "prod-7", "environment": "sandbox"]).isEmpty)
        let intent = TagFault.value(name: "intent", allowed: ["exploration", "prod-*"])
        #expect(Self.faults(rules, ["intent": "prod"]) == [intent])
        #expect(Self.faults(rules, ["intent": "prod-*", "environment": "sandbox"]).isEmpty)
        #expect(Self.faults(rules, ["intent": "x", "environment": "sandbox"]) == [intent])
        #expect(
            Self.faults(rules, ["intent": "x", "environment": "staging"]) == [
                intent, .value(name: "environment", allowed: ["production", "sandbox"]),
            ])
    }

    @Test("a tag that is absent has no wrong value, not even the environment that it counts as")
    func absentValues() {
        let rules = TagRules(values: [TagValues(name: "environment", allowed: .anyOf([Matcher("staging")]))])
        #expect(Self.faults(rules, [:]).isEmpty)
        #expect(Self.faults(rules, ["environment": "production"]) == [.value(name: "environment", allowed: ["staging"])])
    }

    @Test("missing tags come first, wrong values after them")
    func both() {
        let rules = TagRules(requirements: [TagRequirement(groups: [["b"]])], values: [TagValues(name: "a", allowed: .exact("1"))])
        #expect(Self.faults(rules, ["a": "2"]) == [.missing(anyOf: ["b"]), .value(name: "a", allowed: ["1"])])
    }

    // MARK: - Exceptions

    @Test("an exception holds until the moment at which it expires")
    func expiry() {
        let rules = TagRules(
            requirements: [TagRequirement(groups: [["cost_center"]])],
            exceptions: [Self.exception(["workflow_name": .exact("legacy_import")], missing: ["cost_center"], expires: Self.now)])
        let tags = Tags(["workflow_name": "legacy_import"])
        let before = Timestamp(microseconds: Self.now.microseconds - 1)
        let after = Timestamp(microseconds: Self.now.microseconds + 1)
        #expect(rules.faults(in: tags, at: before).isEmpty)
        #expect(rules.mayLack("cost_center", in: tags, at: before))
        for time in [Self.now, after] {
            #expect(rules.faults(in: tags, at: time) == [.missing(anyOf: ["cost_center"])])
            #expect(!rules.mayLack("cost_center", in: tags, at: time))
        }
    }

    @Test("an exception is for the calls that meet all of its conditions, and for its tags alone")
    func exceptionScope() {
        let rules = TagRules(
            requirements: [TagRequirement(groups: [["cost_center"], ["team_id"]])],
            exceptions: [
                Self.exception(["workflow_name": Matcher("legacy_*"), "environment": .exact("production")], missing: ["cost_center"])
            ])
        let team = TagFault.missing(anyOf: ["team_id"])
        #expect(Self.faults(rules, ["workflow_name": "legacy_import"]) == [team])
        #expect(Self.faults(rules, ["workflow_name": "legacy_import", "environment": "production"]) == [team])
        #expect(Self.faults(rules, ["workflow_name": "legacy_import", "environment": "staging"]).count == 2)
        #expect(Self.faults(rules, ["workflow_name": "new"]).count == 2)
        #expect(Self.faults(rules, ["environment": "production"]).count == 2)
    }

    @Test("a group is excused with any of its tags")
    func exceptionInGroup() {
        let groups = [["product", "feature_id"], ["team_id"]]
        for name in ["product", "feature_id"] {
            let rules = TagRules(
                requirements: [TagRequirement(groups: groups)], exceptions: [Self.exception(["user_id": .exact("u")], missing: [name])])
            #expect(Self.faults(rules, ["user_id": "u"]) == [.missing(anyOf: ["team_id"])])
            #expect(Self.faults(rules, ["user_id": "v"]).count == 2)
        }
    }

    @Test("an exception excuses no wrong value")
    func exceptionAndValues() {
        let rules = TagRules(
            values: [TagValues(name: "cost_center", allowed: .exact("cc-1"))],
            exceptions: [Self.exception(["user_id": .exact("u")], missing: ["cost_center"])])
        #expect(Self.faults(rules, ["user_id": "u", "cost_center": "x"]) == [.value(name: "cost_center", allowed: ["cc-1"])])
    }

    // MARK: - Keys

    @Test("a per key may lack any tag where tags may be missing, and elsewhere those of an exception")
    func mayLack() {
        let rules = TagRules(
            allowMissingIn: .exact("sandbox"),
            exceptions: [
                Self.exception(["user_id": .exact("u")], missing: ["cost_center"]),
                Self.exception(["user_id": .exact("u")], missing: ["team_id"], expires: Self.now),
            ])
        let mayLack = { (name: String, tags: [String: String]) in rules.mayLack(name, in: Tags(tags), at: Self.now) }
        #expect(mayLack("run_id", ["environment": "sandbox"]))
        #expect(!mayLack("run_id", ["environment": "production"]))
        #expect(!mayLack("run_id", [:]))
        #expect(mayLack("cost_center", ["user_id": "u"]))
        #expect(!mayLack("run_id", ["user_id": "u"]))
        #expect(!mayLack("cost_center", ["user_id": "v"]))
        #expect(!mayLack("team_id", ["user_id": "u"]))
        let production = TagRules(allowMissingIn: .exact("production"))
        #expect(production.mayLack("run_id", in: Tags(), at: Self.now))
    }
}
