/// What a breaker waits for.
extension PolicyReader {
    private static let conditionKeys = ["same_state", "steps", "cost", "tool_errors", "tool_calls", "tokens", "overrun"]

    mutating func breakerCondition(_ node: PolicyNode, at pointer: String, among envelopes: EnvelopeList) -> Breaker.Condition? {
        guard let fields = fields(of: node, at: pointer) else { return nil }
        refuseRest(fields, at: pointer, expected: Self.conditionKeys)
        let known = fields.members.filter { Self.conditionKeys.contains($0.name) }
        guard let field = known.first, known.count == 1 else {
            let count = known.isEmpty ? "a condition" : "one condition only, and another breaker for the other"
            if known.count > 1 || fields.members.isEmpty {
                report(pointer, node.line, "write \(count): one of \(Self.conditionKeys.joined(separator: ", "))")
            }
            return nil
        }
        let place = "\(pointer)/\(field.name)"
        switch field.name {
        case "same_state": return number(field.node, at: place, 2...Breaker.maximumCount).map { .sameState($0) }
        case "steps": return number(field.node, at: place, 1...Breaker.maximumCount).map { .steps($0) }
        case "tool_errors": return number(field.node, at: place, 1...Breaker.maximumCount).map { .toolErrors($0) }
        case "tool_calls": return toolCalls(field.node, at: place)
        case "cost": return cost(field.node, at: place)
        case "tokens": return baseline(field.node, at: place, of: .tokens, or: [])
        default: return overrun(field.node, at: place, among: envelopes)
        }
    }

    private mutating func number(_ node: PolicyNode, at pointer: String, _ range: ClosedRange<Int64>) -> Int64? {
        if case .number(let text) = node.value, let number = Int64(text), range.contains(number) { return number }
        report(pointer, node.line, "write a whole number from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    private func has(_ name: String, _ node: PolicyNode) -> Bool { node.line(of: name) != nil }

    private mutating func toolCalls(_ node: PolicyNode, at pointer: String) -> Breaker.Condition? {
        guard has("count", node) else { return baseline(node, at: pointer, of: .toolCalls, or: ["count"]) }
        guard var fields = fields(of: node, at: pointer) else { return nil }
        let count = fields.take("count").flatMap { number($0.node, at: "\(pointer)/count", 1...Breaker.maximumCount) }
        if let times = fields.take("times") { report("\(pointer)/times", times.line, "count is a fixed number, times is of the usual; keep one") }
        let within = within(&fields, node, at: pointer)
        refuseRest(fields, at: pointer, expected: ["count", "times", "within"])
        guard let count, let within else { return nil }
        return .toolCalls(count: count, withinSeconds: within)
    }

    private mutating func cost(_ node: PolicyNode, at pointer: String) -> Breaker.Condition? {
        guard has("above", node) else { return baseline(node, at: pointer, of: .cost, or: ["above"]) }
        guard var fields = fields(of: node, at: pointer) else { return nil }
        let above = fields.take("above").flatMap { amount($0.node, at: "\(pointer)/above", meter: .cost) }
        for name in ["times", "within"] {
            guard let field = fields.take(name) else { continue }
            report("\(pointer)/\(name)", field.line, "above is a fixed amount, times and within are of the usual; keep one of the two")
        }
        refuseRest(fields, at: pointer, expected: ["above", "times", "within"])
        return above.map { .cost(above: Money(nanos: $0)) }
    }

    private mutating func baseline(
        _ node: PolicyNode, at pointer: String, of measure: Breaker.Measure, or others: [String]
    ) -> Breaker.Condition? {
        guard var fields = fields(of: node, at: pointer) else { return nil }
        let timesField = fields.take("times")
        let times = timesField.map { number($0.node, at: "\(pointer)/times", 2...Breaker.maximumTimes) } ?? Breaker.usualTimes
        let within = within(&fields, node, at: pointer)
        refuseRest(fields, at: pointer, expected: others + ["times", "within"])
        guard let times, let within else { return nil }
        return .baseline(measure, times: times, withinSeconds: within)
    }

    private mutating func overrun(_ node: PolicyNode, at pointer: String, among envelopes: EnvelopeList) -> Breaker.Condition? {
        guard var fields = fields(of: node, at: pointer) else { return nil }
        let percentField = fields.take("percent")
        let percent = percentField.flatMap { number($0.node, at: "\(pointer)/percent", 1...PlanStep.maximumPercent - 100) }
        if percentField == nil { report(pointer, node.line, "say how far beyond the limit, in per cent of it: percent: 50") }
        let within = within(&fields, node, at: pointer)
        let envelopeField = fields.take("envelope")
        if envelopeField == nil { report(pointer, node.line, "say beyond the limit of which envelope: envelope: agent-day") }
        let envelope = envelopeField.flatMap { watched($0, at: "\(pointer)/envelope", among: envelopes) }
        refuseRest(fields, at: pointer, expected: ["percent", "within", "envelope"])
        guard let percent, let within, let envelope else { return nil }
        return .overrun(percent: percent, withinSeconds: within, envelope: envelope)
    }

    /// The name of an envelope that can be overrun.
    private mutating func watched(_ field: PolicyNode.Member, at pointer: String, among envelopes: EnvelopeList) -> String? {
        guard let name = text(field.node, at: pointer) else { return nil }
        guard let envelope = envelopes.envelope(named: name), envelope.limit != nil else {
            // One that cannot be used has been named already.
            if envelopes.isWhole { report(pointer, field.line, "there is no envelope '\(name)' with a limit") }
            return envelopes.isWhole ? nil : name
        }
        if envelope.mode == .shadow { report(pointer, field.line, "'\(name)' is in shadow mode, where nobody is stopped; name one that enforces") }
        return name
    }

    private mutating func within(_ fields: inout Fields, _ node: PolicyNode, at pointer: String) -> Int64? {
        guard let field = fields.take("within") else {
            report(pointer, node.line, "say within which time: within: 5m")
            return nil
        }
        return duration(field.node, at: "\(pointer)/within", maximum: Breaker.maximumWithinSeconds)
    }
}
