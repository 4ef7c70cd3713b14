/// Which tools and models may be used.
extension PolicyReader {
    mutating func accessRules(
        _ node: PolicyNode, at pointer: String, kind: AccessRule.Kind, among envelopes: EnvelopeList
    ) -> [AccessRule] {
        (list(node, at: pointer) ?? []).enumerated().compactMap { index, element in
            accessRule(element, at: "\(pointer)/\(index)", name: "\(pointer.dropFirst())/\(index)", kind: kind, among: envelopes)
        }
    }

    private mutating func accessRule(
        _ node: PolicyNode, at pointer: String, name: String, kind: AccessRule.Kind, among envelopes: EnvelopeList
    ) -> AccessRule? {
        guard var fields = fields(of: node, at: pointer) else { return nil }
        let given = fields.take("name").flatMap { text($0.node, at: "\(pointer)/name", maximumLength: 64) }
        let match = fields.take("match").map { conditions($0.node, at: "\(pointer)/match") } ?? []
        let allow = fields.take("allow").map { patterns($0.node, at: "\(pointer)/allow") }
        let deny = fields.take("deny").map { patterns($0.node, at: "\(pointer)/deny") }
        let when = fields.take("when").flatMap { level($0.node, at: "\(pointer)/when", kind: kind, among: envelopes) }
        if allow == nil, deny == nil { report(pointer, node.line, "a rule that neither allows nor denies does nothing; add allow or deny") }
        refuseRest(fields, at: pointer, expected: ["name", "match", "allow", "deny", "when"])
        return AccessRule(name: given ?? name, kind: kind, match: match, allow: allow, deny: deny ?? [], when: when)
    }

    private mutating func patterns(_ node: PolicyNode, at pointer: String) -> [Matcher] {
        guard let elements = list(node, at: pointer) else { return [] }
        return elements.enumerated().compactMap { text($1, at: "\(pointer)/\($0)").map(Matcher.init) }
    }

    private mutating func level(
        _ node: PolicyNode, at pointer: String, kind: AccessRule.Kind, among envelopes: EnvelopeList
    ) -> AccessRule.Level? {
        guard var fields = fields(of: node, at: pointer) else { return nil }
        let envelopeField = fields.take("envelope")
        let atField = fields.take("at")
        refuseRest(fields, at: pointer, expected: ["envelope", "at"])
        guard let envelopeField, let atField else {
            report(pointer, node.line, "say from which share of which envelope on: when: { envelope: support-triage, at: 80 }")
            return nil
        }
        guard let name = text(envelopeField.node, at: "\(pointer)/envelope") else { return nil }
        guard let envelope = envelopes.envelope(named: name), envelope.limit != nil else {
            if envelopes.isWhole { report("\(pointer)/envelope", envelopeField.line, "there is no envelope '\(name)' with a limit") }
            return nil
        }
        if !envelope.meter.counts(toolCall: kind == .tool) {
            report(
                "\(pointer)/envelope", envelopeField.line,
                "'\(name)' counts \(envelope.meter.rawValue), which \(kind.rawValue) calls do not use; name one that counts cost")
        }
        guard case .number(let text) = atField.node.value, let at = Int64(text), (0...PlanStep.maximumPercent).contains(at) else {
            report("\(pointer)/at", atField.line, "write a whole percentage of the limit, 0 to \(PlanStep.maximumPercent)")
            return nil
        }
        return AccessRule.Level(envelope: name, at: at)
    }
}
