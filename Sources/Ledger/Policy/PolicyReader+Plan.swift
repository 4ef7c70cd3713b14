/// The steps of an envelope's plan.
extension PolicyReader {
    /// What of an envelope its plan can act on.
    struct PlanShape {
        let hasLimit: Bool
        let hasPerCall: Bool
        let per: [String]
    }

    mutating func steps(_ node: PolicyNode, at pointer: String, shape: PlanShape) -> [PlanStep] {
        guard let elements = list(node, at: pointer) else { return [] }
        if elements.isEmpty { report(pointer, node.line, "an empty plan never stops; leave it out to refuse above 100 %") }
        let before = issues.count
        let steps = elements.enumerated().compactMap { step($1, at: "\(pointer)/\($0)", shape: shape) }
        if issues.count == before, !steps.isEmpty { checkOrder(steps, elements.map(\.line), at: pointer, shape: shape) }
        return steps
    }

    private mutating func step(_ node: PolicyNode, at pointer: String, shape: PlanShape) -> PlanStep? {
        guard var fields = fields(of: node, at: pointer) else { return nil }
        let atField = fields.take("at")
        let at = atField.flatMap { percent($0, at: "\(pointer)/at", hasLimit: shape.hasLimit) }
        let isOnCall = atField == nil && shape.hasPerCall
        if atField == nil, !shape.hasPerCall {
            report(pointer, node.line, "say at which percentage of the limit this step acts: at: 100")
        }
        let doField = fields.take("do")
        let action = doField.flatMap { choice($0.node, at: "\(pointer)/do", PlanStep.Action.self) }
        if doField == nil { report(pointer, node.line, "say what this step does: do: refuse") }
        let toField = fields.take("to")
        let to = toField.flatMap { tier($0, at: "\(pointer)/to") }
        let withinField = fields.take("within")
        let within = withinField.flatMap { duration($0.node, at: "\(pointer)/within", maximum: PlanStep.maximumWithinSeconds) }
        refuseRest(fields, at: pointer, expected: ["at", "do", "to", "within"])
        guard let action else { return nil }
        if action == .downgrade, toField == nil {
            report(pointer, node.line, "say to which tier: to: \(routes.tiers.last ?? "economy")")
        }
        if let toField, action != .downgrade { report("\(pointer)/to", toField.line, "only a downgrade goes to a tier; leave it out") }
        if let withinField, action != .suspend { report("\(pointer)/within", withinField.line, "only a suspension has a within; leave it out") }
        if action == .suspend, let withinField, within != nil, let at, at <= 100 {
            report("\(pointer)/within", withinField.line, "within counts from passing the limit; let the step act above it, such as at: 150")
        }
        if action == .suspend { checkSuspension(node, at: pointer, isOnCall: isOnCall, per: shape.per) }
        return PlanStep(at: at, action: action, to: to, withinSeconds: within)
    }

    private mutating func percent(_ field: PolicyNode.Member, at pointer: String, hasLimit: Bool) -> Int64? {
        if !hasLimit { report(pointer, field.line, "a step at a percentage needs a limit") }
        if case .number(let text) = field.node.value, let percent = Int64(text), (1...PlanStep.maximumPercent).contains(percent) { return percent }
        report(pointer, field.line, "write a whole percentage of the limit, 1 to \(PlanStep.maximumPercent)")
        return nil
    }

    private mutating func tier(_ field: PolicyNode.Member, at pointer: String) -> String? {
        guard let name = text(field.node, at: pointer) else { return nil }
        guard let rank = routes.rank(name) else {
            reportUnknownTier(name, at: pointer, field.line)
            return nil
        }
        if !routes.models.values.contains(where: { (routes.rank($0.tier) ?? -1) >= rank }) {
            warn(
                pointer, field.line, in: file,
                "no model is of the tier '\(name)' or below, so model calls are refused here; add one: models: { gpt-5-mini: { tier: \(name) } }")
        }
        if rank == 0 { report(pointer, field.line, "'\(name)' is the dearest tier; a downgrade goes to a cheaper one") }
        return name
    }

    private mutating func checkSuspension(_ node: PolicyNode, at pointer: String, isOnCall: Bool, per: [String]) {
        if isOnCall { report(pointer, node.line, "a suspension looks at booked spending; say at which percentage of the limit: at: 150") }
        let subjects = Subject.Kind.ofPlans.compactMap(\.tag)
        guard !subjects.contains(where: per.contains) else { return }
        report(pointer, node.line, "a suspension needs somebody to stop: add one of \(subjects.joined(separator: ", ")) to per")
    }

    /// A plan must stop in the end, and have no step that cannot be reached.
    private mutating func checkOrder(_ steps: [PlanStep], _ lines: [Int], at pointer: String, shape: PlanShape) {
        let atShare = steps.indices.filter { steps[$0].at != nil }.sorted { (steps[$0].at ?? 0, $0) < (steps[$1].at ?? 0, $1) }
        if let last = atShare.last { checkEnd(steps, atShare, last, lines, at: pointer) }
        checkReach(steps, atShare, lines, at: pointer)
        let onCall = steps.indices.filter { steps[$0].at == nil }
        if let last = onCall.last(where: { steps[$0].action != .alert }) ?? onCall.last,
            steps[last].action == .alert || steps[last].action == .downgrade
        {
            report("\(pointer)/\(last)", lines[last], "this plan never stops a call above per_call; add { do: refuse } or { do: require_approval }")
        }
        let stops = onCall.filter { steps[$0].action == .refuse || steps[$0].action == .requireApproval }
        for index in onCall where stops.first.map({ index > $0 && steps[index].action != .alert }) ?? false {
            report("\(pointer)/\(index)", lines[index], "no call gets here: a step before stops every call above per_call")
        }
    }

    /// No step may lie behind one that stops every call, and no two at one share.
    private mutating func checkReach(_ steps: [PlanStep], _ order: [Int], _ lines: [Int], at pointer: String) {
        var seen: [PlanStep] = []
        for index in order {
            let step = steps[index]
            let place = "\(pointer)/\(index)"
            let isTwin = seen.contains { $0.at == step.at && ($0.action == .alert) == (step.action == .alert) }
            let stop = seen.last { $0.action == .refuse || $0.action == .requireApproval }
            if isTwin {
                report(place, lines[index], "another step acts at \(step.at ?? 0) % too; keep one")
            } else if stop?.action == .refuse, step.action != .suspend, step.action != .alert {
                report(place, lines[index], "no call gets here: the plan refuses at \(stop?.at ?? 0) % already")
            } else if stop?.action == .requireApproval, step.action == .downgrade {
                report(place, lines[index], "no call gets here: the plan asks for approval at \(stop?.at ?? 0) % already")
            }
            seen.append(step)
        }
    }

    private mutating func checkEnd(_ steps: [PlanStep], _ order: [Int], _ last: Int, _ lines: [Int], at pointer: String) {
        let ends = order.contains { index in
            switch steps[index].action {
            case .refuse, .requireApproval: true
            case .suspend: steps[index].withinSeconds == nil
            case .alert, .downgrade: false
            }
        }
        // A downgrade that comes last goes on for ever after a suspension is lifted.
        let final = order.last { steps[$0].action != .alert }
        let isStopped = order.contains { steps[$0].action == .refuse || steps[$0].action == .requireApproval }
        if !ends || !isStopped && final.map({ steps[$0].action == .downgrade }) ?? false {
            report("\(pointer)/\(last)", lines[last], "this plan never stops; add a last step that does, such as { at: 120, do: refuse }")
        }
    }
}
