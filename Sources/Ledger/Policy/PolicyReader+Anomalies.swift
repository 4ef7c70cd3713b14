/// What is unlike before, and what may be.
extension PolicyReader {
    /// What a planned change can select by: the tags that are known of whoever a finding is about.
    private static let plannedLabels = ["agent_id", "user_id", "workflow_name", "step_name"]
    private static let maximumPlans = 200
    private static let maximumReasonLength = 1_024

    /// Reads `{ minimum_cost, sensitivity, do, planned }`.
    mutating func anomalyRules(_ node: PolicyNode, at pointer: String) -> AnomalyRules {
        guard var fields = fields(of: node, at: pointer) else { return .standard }
        let minimum = fields.take("minimum_cost").flatMap { amount($0.node, at: "\(pointer)/minimum_cost", meter: .cost) }
        let sensitivity = fields.take("sensitivity").flatMap { choice($0.node, at: "\(pointer)/sensitivity", AnomalyRules.Sensitivity.self) }
        var actions: [AnomalyKind: AnomalyRules.Action] = [:]
        if let field = fields.take("do") {
            for member in self.fields(of: field.node, at: "\(pointer)/do")?.members ?? [] {
                guard let (kind, action) = anomalyAction(member, at: Self.pointer("\(pointer)/do", member.name)) else { continue }
                actions[kind] = action
            }
        }
        let planned = fields.take("planned").map { plannedChanges($0.node, at: "\(pointer)/planned") } ?? []
        refuseRest(fields, at: pointer, expected: ["minimum_cost", "sensitivity", "do", "planned"])
        return AnomalyRules(
            minimumCost: minimum.map { Money(nanos: $0) } ?? AnomalyRules.usualMinimum, sensitivity: sensitivity ?? .normal, actions: actions,
            planned: planned)
    }

    private mutating func anomalyAction(_ member: PolicyNode.Member, at pointer: String) -> (AnomalyKind, AnomalyRules.Action)? {
        guard let kind = AnomalyKind(rawValue: member.name) else {
            report(
                pointer, member.line, "'\(member.name)' is no anomaly; write one of \(AnomalyKind.allCases.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        guard let action = choice(member.node, at: pointer, AnomalyRules.Action.self) else { return nil }
        if kind == .tagCoverage, action == .suspend {
            report(pointer, member.line, "tag_coverage is about the whole organisation, so nobody can be suspended; write alert or off")
        }
        return (kind, action)
    }

    private mutating func plannedChanges(_ node: PolicyNode, at pointer: String) -> [PlannedChange] {
        guard let elements = list(node, at: pointer) else { return [] }
        guard elements.count <= Self.maximumPlans else {
            report(pointer, node.line, "write at most \(Self.maximumPlans) plans; take out those that are over")
            return []
        }
        return elements.enumerated().compactMap { plannedChange($1, at: "\(pointer)/\($0)") }
    }

    private mutating func plannedChange(_ node: PolicyNode, at pointer: String) -> PlannedChange? {
        guard var fields = fields(of: node, at: pointer) else { return nil }
        let before = issues.count
        let from = moment("from", &fields, node, at: pointer, isEnd: false)
        let to = moment("to", &fields, node, at: pointer, isEnd: true)
        let match = fields.take("match").map { plannedMatch($0.node, at: "\(pointer)/match") } ?? []
        let reasonField = fields.take("reason")
        if reasonField == nil { report(pointer, node.line, "say what is planned: reason: \"launch in France\"") }
        let reason = reasonField.flatMap { text($0.node, at: "\(pointer)/reason", maximumLength: Self.maximumReasonLength) }
        refuseRest(fields, at: pointer, expected: ["from", "to", "match", "reason"])
        guard issues.count == before, let from, let to, let reason else { return nil }
        guard from < to else {
            report("\(pointer)/to", node.line(of: "to") ?? node.line, "this is not after from")
            return nil
        }
        return PlannedChange(from: from, to: to, match: match, reason: reason)
    }

    private mutating func plannedMatch(_ node: PolicyNode, at pointer: String) -> [Condition] {
        guard case .object(let members) = node.value else { return conditions(node, at: pointer) }
        for member in members where !Self.plannedLabels.contains(member.name) {
            report(
                Self.pointer(pointer, member.name), member.line,
                "a plan is matched with the one who spends; write one of \(Self.plannedLabels.joined(separator: ", "))")
        }
        return conditions(PolicyNode(.object(members.filter { Self.plannedLabels.contains($0.name) }), line: node.line), at: pointer)
    }

    /// A day in UTC, whose end is meant where something ends, or a moment as it is written.
    private mutating func moment(_ name: String, _ fields: inout Fields, _ node: PolicyNode, at pointer: String, isEnd: Bool) -> Timestamp? {
        guard let field = fields.take(name) else {
            report(pointer, node.line, "a plan needs its \(name): \(name): 2027-01-31")
            return nil
        }
        if case .text(let text) = field.node.value {
            if let day = Timestamp(rfc3339: text + "T00:00:00Z") { return isEnd ? day.adding(seconds: 86_400) : day }
            if let time = Timestamp(rfc3339: text) { return time }
        }
        report("\(pointer)/\(name)", field.line, "write a day such as 2027-01-31, or a time such as 2027-01-31T18:00:00Z")
        return nil
    }

    /// What a baseline can be kept of: who comes again, and within a day, so that a week has some to compare with.
    mutating func checkBaseline(on subject: Subject.Kind, withinSeconds: Int64, line: Int, at pointer: String) {
        if ![.agent, .user, .workflow].contains(subject) {
            report("\(pointer)/on", line, "a \(subject.rawValue) has no usual use to compare with; write on: agent, user or workflow")
        }
        if withinSeconds > 86_400 {
            report("\(pointer)/when", line, "the usual is that of a week; compare at most a day with it: within: 1d")
        }
    }
}
