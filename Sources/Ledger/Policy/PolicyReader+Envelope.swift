extension PolicyReader {
    private static let envelopeKeys = ["name", "owner", "match", "per", "meter", "limit", "per_call", "window", "plan"]

    /// Reads one envelope; nil where it cannot be used, with the reasons reported.
    mutating func envelope(_ node: PolicyNode, at pointer: String) -> Envelope? {
        guard var fields = fields(of: node, at: pointer) else { return nil }
        let before = issues.count
        let nameField = fields.take("name")
        let name = nameField.flatMap { envelopeName($0.node, at: "\(pointer)/name") }
        if nameField == nil { report(pointer, node.line, "an envelope needs a name") }
        let owner = fields.take("owner").flatMap { text($0.node, at: "\(pointer)/owner") }
        let match = fields.take("match").map { conditions($0.node, at: "\(pointer)/match") } ?? []
        let per = fields.take("per").map { labels($0.node, at: "\(pointer)/per") } ?? []
        let meterField = fields.take("meter")
        let meter = meterField.flatMap { choice($0.node, at: "\(pointer)/meter", Meter.self) }
        if meterField == nil { report(pointer, node.line, "an envelope needs a meter: cost, tokens, model_calls or tool_calls") }
        let limitField = fields.take("limit")
        let perCallField = fields.take("per_call")
        let limit = limitField.flatMap { field in meter.flatMap { amount(field.node, at: "\(pointer)/limit", meter: $0) } }
        let perCall = perCallField.flatMap { field in meter.flatMap { amount(field.node, at: "\(pointer)/per_call", meter: $0) } }
        if limitField == nil, perCallField == nil { report(pointer, node.line, "an envelope needs a limit or a per_call") }
        let windowField = fields.take("window")
        let window = windowField.flatMap { windowRule($0.node, at: "\(pointer)/window") } ?? .forever
        if window.period == .run, !per.contains("run_id") {
            report("\(pointer)/window", windowField?.line ?? node.line, "a window of a run needs run_id in per: write per: [run_id]")
        }
        let plan =
            fields.take("plan").map { steps($0.node, at: "\(pointer)/plan", hasLimit: limitField != nil, hasPerCall: perCallField != nil) } ?? []
        refuseRest(fields, at: pointer, expected: Self.envelopeKeys)
        guard issues.count == before, let name, let meter else { return nil }
        return Envelope(
            name: name, owner: owner, match: match, per: per, meter: meter, limit: limit, perCall: perCall,
            windowRule: window, plan: plan
        )
    }

    private mutating func envelopeName(_ node: PolicyNode, at pointer: String) -> String? {
        guard let name = text(node, at: pointer, maximumLength: 64) else { return nil }
        let bytes = Array(name.utf8)
        let isLetter: (UInt8) -> Bool = {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        guard isLetter(bytes[0]), bytes.allSatisfy({ isLetter($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }) else {
            report(pointer, node.line, "write lower-case letters, digits, '-' and '_', such as support-triage")
            return nil
        }
        return name
    }

    mutating func conditions(_ node: PolicyNode, at pointer: String) -> [Envelope.Condition] {
        guard let fields = fields(of: node, at: pointer) else { return [] }
        return fields.members.compactMap { member in
            let place = Self.pointer(pointer, member.name)
            guard isLabel(member.name, line: member.line, at: place), let matcher = matcher(member.node, at: place) else { return nil }
            return Envelope.Condition(label: member.name, matcher: matcher)
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
        if name == "tier" {
            report(pointer, line, "tiers are not known yet; match on model instead")
            return false
        }
        guard Tags.isValid(name: name) else {
            report(pointer, line, "'\(name)' is no tag name: write lower-case letters, digits and '_', beginning with a letter")
            return false
        }
        return true
    }

    private mutating func steps(_ node: PolicyNode, at pointer: String, hasLimit: Bool, hasPerCall: Bool) -> [PlanStep] {
        guard let elements = list(node, at: pointer) else { return [] }
        if elements.isEmpty { report(pointer, node.line, "an empty plan never stops; leave it out to refuse above 100 %") }
        return elements.enumerated().compactMap { step($1, at: "\(pointer)/\($0)", hasLimit: hasLimit, hasPerCall: hasPerCall) }
    }

    private mutating func step(_ node: PolicyNode, at pointer: String, hasLimit: Bool, hasPerCall: Bool) -> PlanStep? {
        guard var fields = fields(of: node, at: pointer) else { return nil }
        let atField = fields.take("at")
        var at: Int64?
        if let atField {
            if case .number(let text) = atField.node.value, let percent = Int64(text), (1...PlanStep.maximumPercent).contains(percent) {
                at = percent
            } else {
                report("\(pointer)/at", atField.line, "write a whole percentage of the limit, 1 to \(PlanStep.maximumPercent)")
            }
            if !hasLimit { report("\(pointer)/at", atField.line, "a step at a percentage needs a limit") }
        } else if !hasPerCall {
            report(pointer, node.line, "say at which percentage of the limit this step acts: at: 100")
        }
        let doField = fields.take("do")
        let action = doField.flatMap { choice($0.node, at: "\(pointer)/do", PlanStep.Action.self) }
        if doField == nil { report(pointer, node.line, "say what this step does: do: refuse") }
        refuseRest(fields, at: pointer, expected: ["at", "do"])
        return action.map { PlanStep(at: at, action: $0) }
    }
}
