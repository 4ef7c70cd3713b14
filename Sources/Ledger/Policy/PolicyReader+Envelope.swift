extension PolicyReader {
    private static let envelopeKeys = [
        "name", "owner", "playbook", "match", "per", "meter", "limit", "per_call", "window", "rollover", "plan", "mode",
    ]

    /// The envelopes that have been read, and where they stand.
    struct EnvelopeList {
        private(set) var list: [Envelope] = []
        private(set) var places: [String: (file: String?, line: Int)] = [:]
        private(set) var owners: [OwnerPlace] = []
        /// An envelope that cannot be used has been named; what refers to it is not wrong for that.
        private(set) var isWhole = true

        mutating func append(_ envelope: Envelope, _ node: PolicyNode, file: String?, pointer: String) {
            list.append(envelope)
            places[envelope.name] = (file, node.line)
            if let owner = envelope.owner {
                owners.append(OwnerPlace(owner: owner, file: file, line: node.line(of: "owner") ?? node.line, pointer: "\(pointer)/owner"))
            }
        }

        mutating func miss() { isWhole = false }

        func envelope(named name: String) -> Envelope? { list.first { $0.name == name } }
    }

    mutating func envelopes(_ node: PolicyNode, at pointer: String, into envelopes: inout EnvelopeList) {
        for (index, node) in (list(node, at: pointer) ?? []).enumerated() {
            let pointer = "\(pointer)/\(index)"
            guard let envelope = envelope(node, at: pointer) else {
                envelopes.miss()
                continue
            }
            if let first = envelopes.places[envelope.name] {
                let place = first.file == file ? "on line \(first.line)" : "in \(first.file ?? "another document"), line \(first.line),"
                report(pointer + "/name", node.line, "the envelope \(place) has the name '\(envelope.name)' too; names must be unique")
            } else {
                envelopes.append(envelope, node, file: file, pointer: pointer)
            }
        }
    }

    /// Reads one envelope; nil where it cannot be used, with the reasons reported.
    mutating func envelope(_ node: PolicyNode, at pointer: String) -> Envelope? {
        guard var fields = fields(of: node, at: pointer) else { return nil }
        let before = issues.count
        let nameField = fields.take("name")
        let name = nameField.flatMap { ruleName($0.node, at: "\(pointer)/name") }
        if nameField == nil { report(pointer, node.line, "an envelope needs a name") }
        let owner = fields.take("owner").flatMap { text($0.node, at: "\(pointer)/owner") }
        let playbook = fields.take("playbook").flatMap { link($0.node, at: "\(pointer)/playbook") }
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
        let readWindow = windowField.map { windowRule($0.node, at: "\(pointer)/window") } ?? .forever
        let window = readWindow ?? .forever
        if window.period == .run, !per.contains("run_id") {
            report("\(pointer)/window", windowField?.line ?? node.line, "a window of a run needs run_id in per: write per: [run_id]")
        }
        let rollover = fields.take("rollover").flatMap { field in
            meter.flatMap { self.rollover(field.node, at: "\(pointer)/rollover", meter: $0, hasLimit: limitField != nil, window: readWindow) }
        }
        let planField = fields.take("plan")
        let shape = PlanShape(hasLimit: limitField != nil, hasPerCall: perCallField != nil, per: per)
        let plan = planField.map { steps($0.node, at: "\(pointer)/plan", shape: shape) } ?? []
        if let meter { checkKind(of: meter, match: match, plan: plan, node, at: pointer) }
        let mode = fields.take("mode").flatMap { choice($0.node, at: "\(pointer)/mode", Envelope.Mode.self) } ?? .enforce
        refuseRest(fields, at: pointer, expected: Self.envelopeKeys)
        guard issues.count == before, let name, let meter else { return nil }
        return Envelope(
            name: name, owner: owner, playbook: playbook, match: match, per: per, meter: meter, limit: limit, perCall: perCall,
            windowRule: window, rollover: rollover, plan: plan, mode: mode
        )
    }

    /// A limit on tool calls has no model, and one on model calls no tool.
    private mutating func checkKind(of meter: Meter, match: [Condition], plan: [PlanStep], _ node: PolicyNode, at pointer: String) {
        let other = meter == .toolCalls ? "model" : "tool"
        guard meter != .cost else { return }
        if match.contains(where: { $0.label == other }) {
            report("\(pointer)/match", node.line(of: "match") ?? node.line, "no \(other) call is counted by \(meter.rawValue); leave '\(other)' out")
        }
        if meter == .toolCalls, plan.contains(where: { $0.action == .downgrade }) {
            report("\(pointer)/plan", node.line(of: "plan") ?? node.line, "a downgrade names another model, and tool_calls counts no model calls")
        }
    }

    private mutating func rollover(
        _ node: PolicyNode, at pointer: String, meter: Meter, hasLimit: Bool, window: WindowRule?
    ) -> Rollover? {
        guard var fields = fields(of: node, at: pointer) else { return nil }
        let upToField = fields.take("up_to")
        if upToField == nil { report(pointer, node.line, "say how much is carried at most: up_to: \(meter == .cost ? "\"10\"" : "10")") }
        let upTo = upToField.flatMap { amount($0.node, at: "\(pointer)/up_to", meter: meter) }
        let expires = fields.take("expires_in").flatMap { duration($0.node, at: "\(pointer)/expires_in", maximum: 366 * 86_400) }
        refuseRest(fields, at: pointer, expected: ["up_to", "expires_in"])
        if !hasLimit { report(pointer, node.line, "only what is left of a limit can be carried; give the envelope a limit") }
        switch window?.period {
        case .day, .week, .month, nil: break
        default: report(pointer, node.line, "credit is carried from one day, week or month into the next; write window: { every: week }")
        }
        return upTo.map { Rollover(upTo: $0, expiresInSeconds: expires) }
    }

    /// The name of an envelope or a breaker.
    mutating func ruleName(_ node: PolicyNode, at pointer: String) -> String? {
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
}
