/// What calls a rule is for.
extension PolicyReader {
    mutating func conditions(_ node: PolicyNode, at pointer: String) -> [Condition] {
        guard let fields = fields(of: node, at: pointer) else { return [] }
        return fields.members.compactMap { member in
            let place = Self.pointer(pointer, member.name)
            guard isLabel(member.name, line: member.line, at: place), let matcher = matcher(member.node, at: place) else { return nil }
            if member.name == "tier" { checkTiers(of: matcher, at: place, member.line) }
            return Condition(label: member.name, matcher: matcher)
        }
    }

    mutating func matcher(_ node: PolicyNode, at pointer: String) -> Matcher? {
        guard case .list(let elements) = node.value else { return text(node, at: pointer).map(Matcher.init) }
        guard !elements.isEmpty else {
            report(pointer, node.line, "an empty list matches nothing; name at least one value")
            return nil
        }
        let matchers = elements.enumerated().compactMap { text($1, at: "\(pointer)/\($0)").map(Matcher.init) }
        return .anyOf(matchers)
    }

    mutating func labels(_ node: PolicyNode, at pointer: String) -> [String] {
        guard let elements = list(node, at: pointer) else { return [] }
        var labels: [String] = []
        for (index, element) in elements.enumerated() {
            guard let label = text(element, at: "\(pointer)/\(index)") else { continue }
            guard isLabel(label, line: element.line, at: "\(pointer)/\(index)") else { continue }
            if labels.contains(label) {
                report("\(pointer)/\(index)", element.line, "'\(label)' stands here twice; keep one")
            }
            labels.append(label)
        }
        return labels
    }

    mutating func isLabel(_ name: String, line: Int, at pointer: String) -> Bool {
        guard Tags.isValid(name: name) else {
            report(pointer, line, "'\(name)' is no tag name: write lower-case letters, digits and '_', beginning with a letter")
            return false
        }
        return true
    }

    private mutating func checkTiers(of matcher: Matcher, at pointer: String, _ line: Int) {
        for name in matcher.exactValues ?? [] where routes.rank(name) == nil { reportUnknownTier(name, at: pointer, line) }
    }

    mutating func reportUnknownTier(_ name: String, at pointer: String, _ line: Int) {
        let known =
            routes.tiers.isEmpty
            ? "list the tiers first: tiers: [premium, standard, economy]" : "write one of \(routes.tiers.joined(separator: ", "))"
        report(pointer, line, "'\(name)' is no tier; \(known)")
    }
}
