/// The circuit breakers.
extension PolicyReader {
    private static let breakerKeys = ["name", "on", "match", "when", "do", "owner", "playbook"]

    /// The breakers that have been read, and where they stand.
    struct BreakerList {
        var list: [Breaker] = []
        var places: [String: (file: String?, line: Int)] = [:]
        var owners: [OwnerPlace] = []
    }

    mutating func breakers(_ node: PolicyNode, at pointer: String, among envelopes: EnvelopeList, into breakers: inout BreakerList) {
        for (index, element) in (list(node, at: pointer) ?? []).enumerated() {
            let place = "\(pointer)/\(index)"
            guard let breaker = breaker(element, at: place, among: envelopes) else { continue }
            let twin = breakers.places[breaker.name].map { ("breaker", $0) } ?? envelopes.places[breaker.name].map { ("envelope", $0) }
            if let (what, first) = twin {
                let position = first.file == file ? "on line \(first.line)" : "in \(first.file ?? "another document"), line \(first.line),"
                report(
                    place + "/name", element.line(of: "name") ?? element.line,
                    "the \(what) \(position) has the name '\(breaker.name)' too; a suspension names its rule, so names must be unique")
                continue
            }
            breakers.list.append(breaker)
            breakers.places[breaker.name] = (file, element.line)
            if let owner = breaker.owner {
                let line = element.line(of: "owner") ?? element.line
                breakers.owners.append(OwnerPlace(owner: owner, file: file, line: line, pointer: "\(place)/owner"))
            }
        }
    }

    /// Reads one breaker; nil where it cannot be used, with the reasons reported.
    private mutating func breaker(_ node: PolicyNode, at pointer: String, among envelopes: EnvelopeList) -> Breaker? {
        guard var fields = fields(of: node, at: pointer) else { return nil }
        let before = issues.count
        let nameField = fields.take("name")
        let name = nameField.flatMap { ruleName($0.node, at: "\(pointer)/name") }
        if nameField == nil { report(pointer, node.line, "a breaker needs a name") }
        let onField = fields.take("on")
        let on = onField.flatMap { choice($0.node, at: "\(pointer)/on", Subject.Kind.self) }
        if onField == nil { report(pointer, node.line, "say whom it stops: on: run, session, agent, user, workflow or key") }
        let matchField = fields.take("match")
        let match = matchField.map { conditions($0.node, at: "\(pointer)/match") } ?? []
        let whenField = fields.take("when")
        let when = whenField.flatMap { breakerCondition($0.node, at: "\(pointer)/when", among: envelopes) }
        if whenField == nil { report(pointer, node.line, "say when it trips, such as when: { same_state: 10 }") }
        let doField = fields.take("do")
        let action = doField.flatMap { choice($0.node, at: "\(pointer)/do", Breaker.Action.self) }
        if doField == nil { report(pointer, node.line, "say what it does: do: suspend, or do: alert") }
        let owner = fields.take("owner").flatMap { text($0.node, at: "\(pointer)/owner") }
        let playbook = fields.take("playbook").flatMap { link($0.node, at: "\(pointer)/playbook") }
        refuseRest(fields, at: pointer, expected: Self.breakerKeys)
        guard issues.count == before, let name, let on, let when, let action else { return nil }
        let breaker = Breaker(name: name, on: on, match: match, when: when, action: action, owner: owner, playbook: playbook)
        check(breaker, matchLine: matchField?.line ?? node.line, onLine: onField?.line ?? node.line, at: pointer, among: envelopes)
        return breaker
    }

    /// What a breaker's parts must have to do with each other.
    private mutating func check(_ breaker: Breaker, matchLine: Int, onLine: Int, at pointer: String, among envelopes: EnvelopeList) {
        if case .baseline(_, _, let within) = breaker.when { checkBaseline(on: breaker.on, withinSeconds: within, line: onLine, at: pointer) }
        let matchesModel = breaker.match.contains { $0.label == "model" }
        switch breaker.when {
        case .toolErrors, .toolCalls, .baseline(.toolCalls, _, _):
            if matchesModel { report("\(pointer)/match", matchLine, "no tool call has a model; leave 'model' out") }
        case .overrun(_, _, let name):
            if !breaker.match.isEmpty { report("\(pointer)/match", matchLine, "the envelope selects the calls; leave match out") }
            guard let envelope = envelopes.envelope(named: name) else { return }
            guard let tag = breaker.on.tag, envelope.per.contains(tag) else {
                let kinds = Subject.Kind.allCases.filter { kind in kind.tag.map(envelope.per.contains) ?? false }.map(\.rawValue)
                let advice =
                    kinds.isEmpty
                    ? "add \(breaker.on.tag ?? "agent_id") to its per" : "write on: \(kinds.joined(separator: " or "))"
                return report("\(pointer)/on", onLine, "'\(name)' is not cut by \(breaker.on.rawValue), so nobody can be stopped; \(advice)")
            }
        case .sameState, .steps, .cost, .baseline: break
        }
    }
}
