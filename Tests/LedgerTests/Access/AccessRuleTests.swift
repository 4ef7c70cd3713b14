import Ledger
import Testing

@Suite("Rules on tools and models")
struct AccessRuleTests {
    private static func tools(_ match: Condition..., allow: [String]? = nil, deny: [String] = []) -> AccessRule {
        AccessRule(name: "r", kind: .tool, match: match, allow: allow?.map(Matcher.init), deny: deny.map(Matcher.init))
    }

    @Test(
        "allow what is named, deny what is named, and deny wins",
        arguments: [
            ("crm.get", false), ("crm.delete", true), ("crm.", false), ("kb.search", false), ("kb.search2", true), ("mail.send", true), ("crm", true),
            ("CRM.get", true),
        ])
    func allowAndDeny(tool: String, forbidden: Bool) {
        let rule = Self.tools(allow: ["crm.*", "kb.search", "crm.delete"], deny: ["crm.delete"])
        #expect(rule.forbids(Call(tool: tool)) == forbidden)
    }

    @Test("without allow whatever is not denied may be used; an empty allow lets nothing")
    func parts() {
        #expect(!Self.tools(deny: ["crm.delete", "mail.*"]).forbids(Call(tool: "crm.get")))
        #expect(Self.tools(deny: ["crm.delete", "mail.*"]).forbids(Call(tool: "mail.send")))
        #expect(Self.tools(allow: []).forbids(Call(tool: "crm.get")))
        #expect(!Self.tools(allow: ["*"]).forbids(Call(tool: "crm.get")))
    }

    @Test("is for the calls that every condition selects")
    func match() {
        let rule = Self.tools(Condition("agent_id", "triage-*"), Condition("environment", "production"), deny: ["*"])
        #expect(rule.forbids(Call(["agent_id": "triage-7"], tool: "crm.get")), "no environment counts as production")
        #expect(!rule.forbids(Call(["agent_id": "billing"], tool: "crm.get")))
        #expect(!rule.forbids(Call(["agent_id": "triage-7", "environment": "sandbox"], tool: "crm.get")))
        #expect(!rule.forbids(Call(tool: "crm.get")), "a call without the tag is not selected")
    }

    @Test("a rule on tools concerns no model, and one on models no tool")
    func kinds() {
        let model = AccessRule(name: "m", kind: .model, deny: [Matcher("*")])
        #expect(model.forbids(Call()) && !model.forbids(Call(tool: "crm.get")))
        #expect(!Self.tools(deny: ["*"]).forbids(Call()) && Self.tools(deny: ["*"]).forbids(Call(tool: "gpt-5")))
        let onlyMini = AccessRule(name: "m", kind: .model, allow: [Matcher("*-mini")])
        #expect(onlyMini.forbids(Call()) && !onlyMini.forbids(Call(model: "gpt-5-mini")))
    }

    @Test("can match the tier that the policy gives to a tool or model")
    func tier() throws {
        let rules = [
            AccessRule(name: "tools", kind: .tool, match: [Condition("tier", "premium")], deny: [Matcher("*")]),
            AccessRule(name: "models", kind: .model, match: [Condition("tier", "premium")], deny: [Matcher("*")]),
        ]
        var till = Till(Policy(version: 1, envelopes: [], routes: .sample, accessRules: rules))
        #expect(try till.reserve(Call(tool: "crm.get")).decision.objections?.rules.map(\.name) == ["tools"])
        #expect(try till.reserve(Call(tool: "kb.search")).decision.isAdmitted)
        #expect(try till.reserve(Call()).decision.objections?.rules.map(\.name) == ["models"])
        #expect(try till.reserve(Call(model: "haiku")).decision.isAdmitted)
        #expect(try till.reserve(Call(model: "unheard-of")).decision.isAdmitted, "a model without a tier is of none")
    }

    @Test("every rule that forbids is told, and what the caller is told says tool or model")
    func kindOfRefusal() throws {
        let rules = [
            Self.tools(deny: ["crm.*"]), Self.tools(allow: ["kb.*"]), Self.tools(deny: ["kb.*"]),
            AccessRule(name: "m", kind: .model, deny: [Matcher("gpt-5")]),
        ]
        var till = Till(Policy(version: 1, envelopes: [Envelope(name: "a", meter: .cost, limit: 100)], accessRules: rules))
        let tool = try #require(try till.reserve(Call(tool: "crm.get", cost: 1)).decision.objections)
        #expect(tool.kind == .toolNotAllowed && tool.rules == [rules[0], rules[1]])
        let model = try #require(try till.reserve(Call(cost: 1)).decision.objections)
        #expect(model.kind == .modelNotAllowed && model.rules == [rules[3]])
        #expect(till.balance("a")?.version == 0)
        #expect(try till.reserve(Call(model: "gpt-5-mini", cost: 1)).decision.isAdmitted)
    }

    @Test("from a share of an envelope on it holds strictly above the share, the call counted in")
    func when() throws {
        let rule = AccessRule(name: "late", kind: .tool, deny: [Matcher("web.*")], when: AccessRule.Level(envelope: "a", at: 80))
        let envelope = Envelope(name: "a", per: ["user_id"], meter: .cost, limit: 1_000)
        var till = Till(Policy(version: 1, envelopes: [envelope], accessRules: [rule]))
        #expect(try till.reserve(Call(["user_id": "u"], tool: "web.get", cost: 801)).decision.objections?.rules == [rule])
        #expect(try till.reserve(Call(["user_id": "u"], tool: "web.get", cost: 800)).decision.isAdmitted)
        #expect(try till.reserve(Call(["user_id": "u"], tool: "web.get", cost: 0)).decision.isAdmitted)
        #expect(try till.reserve(Call(["user_id": "u"], tool: "crm.get", cost: 1)).decision.isAdmitted)
        #expect(try till.reserve(Call(["user_id": "u"], tool: "web.get", cost: 0)).decision.objections?.kind == .toolNotAllowed)
        #expect(try till.reserve(Call(["user_id": "v"], tool: "web.get", cost: 0)).decision.isAdmitted, "another balance is not so full")
        till.adjust("a", "u", by: 1_000)
        #expect(try till.reserve(Call(["user_id": "u"], tool: "web.get", cost: 0)).decision.isAdmitted)
    }

    @Test("from a share of an envelope that the call does not match it never holds")
    func whenUnmatched() throws {
        let rule = AccessRule(name: "late", kind: .model, deny: [Matcher("*")], when: AccessRule.Level(envelope: "a", at: 0))
        let envelope = Envelope(name: "a", match: [Condition("team_id", "t")], meter: .cost, limit: 10)
        var till = Till(Policy(version: 1, envelopes: [envelope], accessRules: [rule]))
        #expect(try till.reserve(Call(["team_id": "t"], cost: 0)).decision.isAdmitted, "nothing is used yet")
        #expect(try till.reserve(Call(["team_id": "t"], cost: 1)).decision.objections?.kind == .modelNotAllowed)
        #expect(try till.reserve(Call(["team_id": "s"], cost: 9_999)).decision.isAdmitted)
    }
}
