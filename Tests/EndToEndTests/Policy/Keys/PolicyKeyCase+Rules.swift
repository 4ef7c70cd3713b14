extension PolicyKeyCase {
    /// A call that has no tags but these.
    private static func tagged(_ tags: [String: String]) -> Call { Call(tags, cost: "1", model: "big") }

    private static func tags(_ rules: String) -> String { "tags: { \(rules) }" }

    private static let import1 = "match: { workflow_name: import }, missing: [team_id]"

    static let tagRules: [PolicyKeyCase] = [
        PolicyKeyCase(
            key: "tags", without: "{}", with: tags("required: [team_id]"), member: "errors.0.pointer", before: "-", after: "/tags/team_id"),
        PolicyKeyCase(
            key: "tags.required", without: tags("required: [agent_id]"), with: tags("required: [agent_id, team_id]"), before: "allow",
            after: "422 tags-missing"),
        PolicyKeyCase(
            key: "tags.required: any one of several", without: tags("required: [agent_id, team_id]"), with: tags("required: [[agent_id, team_id]]"),
            before: "422 tags-missing", after: "allow"),
        PolicyKeyCase(
            key: "tags.required: by environment", without: tags("required: { staging: [team_id] }"),
            with: tags("required: { staging: [team_id], production: [team_id] }"), before: "allow", after: "422 tags-missing"),
        PolicyKeyCase(
            key: "tags.values", without: tags("required: [agent_id]"), with: tags("required: [agent_id], values: { agent_id: [b, \"c*\"] }"),
            before: "allow", after: "422 tag-value"),
        PolicyKeyCase(
            key: "tags.allow_missing_in", without: tags("required: [team_id]"), with: tags("required: [team_id], allow_missing_in: [sandbox]"),
            call: tagged(["environment": "sandbox"]), before: "422 tags-missing", after: "allow"),
        PolicyKeyCase(
            key: "tags.exceptions", without: tags("required: [team_id]"),
            with: tags("required: [team_id], exceptions: [{ \(import1), expires: 2031-01-01, reason: r }]"),
            call: tagged(["workflow_name": "import"]),
            before: "422 tags-missing", after: "allow"),
        PolicyKeyCase(
            key: "tags.exceptions[].match",
            without: tags("required: [team_id], exceptions: [{ match: { workflow_name: b }, missing: [team_id], expires: 2031-01-01, reason: r }]"),
            with: tags("required: [team_id], exceptions: [{ \(import1), expires: 2031-01-01, reason: r }]"),
            call: tagged(["workflow_name": "import"]),
            before: "422 tags-missing", after: "allow"),
        PolicyKeyCase(
            key: "tags.exceptions[].missing",
            without: tags(
                "required: [team_id, user_id], exceptions: [{ match: { workflow_name: import }, missing: [user_id], expires: 2031-01-01, reason: r }]"
            ),
            with: tags("required: [team_id, user_id], exceptions: [{ \(import1), expires: 2031-01-01, reason: r }]"),
            call: tagged(["workflow_name": "import"]), member: "errors.0.pointer", before: "/tags/team_id", after: "/tags/user_id"),
        PolicyKeyCase(
            key: "tags.exceptions[].expires", without: tags("required: [team_id], exceptions: [{ \(import1), expires: 2030-10-29, reason: r }]"),
            with: tags("required: [team_id], exceptions: [{ \(import1), expires: 2030-10-30, reason: r }]"),
            call: tagged(["workflow_name": "import"]), before: "422 tags-missing", after: "allow"),
        PolicyKeyCase(
            key: "tags.exceptions[].reason", without: tags("required: [team_id], exceptions: [{ \(import1), expires: 2031-01-01, reason: old }]"),
            with: tags("required: [team_id], exceptions: [{ \(import1), expires: 2031-01-01, reason: new }]"), path: "/v1/tags/schema",
            member: "$defs.exception_1.description", before: "Until 2031-01-02T00:00:00Z: old", after: "Until 2031-01-02T00:00:00Z: new"),
    ]

    private static let toolCall = Call(["agent_id": "a"], tool: "crm.delete", cost: "1")

    /// Both kinds of access rules, which read alike.
    static let accessRules: [PolicyKeyCase] = [("tools", "crm", toolCall), ("model_rules", "bi", Call(["agent_id": "a"], cost: "1", model: "big"))]
        .flatMap { list, begin, call in
            let problem = list == "tools" ? "403 tool-not-allowed" : "403 model-not-allowed"
            let rule: (String) -> String = { "envelopes: [ { name: e, meter: cost, limit: \"2\" } ]\n\(list): [ { \($0) } ]" }
            return [
                PolicyKeyCase(key: list, without: "{}", with: rule("deny: [\"\(begin)*\"]"), call: call, before: "allow", after: problem),
                PolicyKeyCase(
                    key: "\(list)[].name", without: rule("deny: [\"*\"]"), with: rule("name: mine, deny: [\"*\"]"), call: call, member: "rule",
                    before: "\(list)/0", after: "mine"),
                PolicyKeyCase(
                    key: "\(list)[].match", without: rule("deny: [\"*\"]"), with: rule("match: { agent_id: b }, deny: [\"*\"]"), call: call,
                    before: problem, after: "allow"),
                PolicyKeyCase(
                    key: "\(list)[].allow", without: rule("deny: [x]"), with: rule("deny: [x], allow: [y]"), call: call, before: "allow",
                    after: problem),
                PolicyKeyCase(
                    key: "\(list)[].deny", without: rule("allow: [\"\(begin)*\"]"), with: rule("allow: [\"\(begin)*\"], deny: [\"*e*\", \"*g\"]"),
                    call: call, before: "allow", after: problem),
                PolicyKeyCase(
                    key: "\(list)[].when", without: rule("deny: [\"*\"]"), with: rule("deny: [\"*\"], when: { envelope: e, at: 50 }"), call: call,
                    before: problem, after: "allow"),
                PolicyKeyCase(
                    key: "\(list)[].when.at", without: rule("deny: [\"*\"], when: { envelope: e, at: 50 }"),
                    with: rule("deny: [\"*\"], when: { envelope: e, at: 49 }"), call: call, before: "allow", after: problem),
                PolicyKeyCase(
                    key: "\(list)[].when.envelope", without: two(list, "e"),
                    with: two(list, "f"), call: call, before: problem, after: "allow"),
            ]
        }

    /// A rule that holds from half of an envelope on: the call brings `e` beyond it, and has no part in `f`.
    private static func two(_ list: String, _ envelope: String) -> String {
        """
        envelopes:
          - { name: e, meter: cost, limit: "1.9" }
          - { name: f, match: { agent_id: b }, meter: cost, limit: "1.9" }
        \(list): [ { deny: ["*"], when: { envelope: \(envelope), at: 50 } } ]
        """
    }
}
