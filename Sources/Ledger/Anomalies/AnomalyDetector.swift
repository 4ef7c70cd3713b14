/// Finds what is unlike before: a history in, findings out.
public struct AnomalyDetector: Sendable {
    let history: UsageHistory
    let rules: AnomalyRules
    let now: Timestamp

    /// Everything that is found and is not planned, off, or too small to tell. In the order of kinds, the dearest first.
    public static func findings(in history: UsageHistory, rules: AnomalyRules, at now: Timestamp) -> [AnomalyFinding] {
        let detector = AnomalyDetector(history: history, rules: rules, now: now)
        return AnomalyKind.allCases.flatMap { kind -> [AnomalyFinding] in
            guard rules.action(for: kind) != .off else { return [] }
            return detector.find(kind)
                .filter { $0.atStake >= rules.minimumCost.nanos && rules.plan(for: $0.tags, at: now) == nil }
                .sorted { ($0.atStake, $1.agentID ?? "", $1.workflow ?? "") > ($1.atStake, $0.agentID ?? "", $0.workflow ?? "") }
        }
    }

    private func find(_ kind: AnomalyKind) -> [AnomalyFinding] {
        switch kind {
        case .costPerTask: costPerTask()
        case .agentSpend: agentSpend()
        case .tokensWithoutOutput: tokensWithoutOutput()
        case .toolCalls: toolCalls()
        case .tagCoverage: tagCoverage()
        case .alwaysOn: alwaysOn()
        case .stepCost: stepCost()
        }
    }

    // MARK: - Parts

    /// The workflow that calls cost most in.
    func workflow(of calls: [UsageDay.Calls]) -> String? {
        let costs = calls.reduce(into: [String: Int64]()) { sums, call in
            if let workflow = call.workflow { sums[workflow, default: 0] = Ratio.sum([sums[workflow] ?? 0, call.cost]) }
        }
        return costs.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    /// The three steps, models and agents of the last day that cost most beyond their usual.
    func steps(_ selects: (UsageDay.Calls) -> Bool) -> [AnomalyFinding.Step] {
        struct Key: Hashable {
            let step: String?
            let model: String?
            let agentID: String?
        }
        func sums(_ days: some Sequence<Int>) -> [Key: Int64] {
            days.reduce(into: [:]) { sums, day in
                for call in history.day(day).calls where selects(call) {
                    let key = Key(step: call.step, model: call.model, agentID: call.agentID)
                    sums[key] = Ratio.sum([sums[key] ?? 0, call.cost])
                }
            }
        }
        let usual = sums(1...7)
        let days = Int64(max(1, min(7, history.days.count - 1)))
        return sums(0...0).map { key, cost in
            AnomalyFinding.Step(step: key.step, model: key.model, agentID: key.agentID, cost: cost, usualCost: (usual[key] ?? 0) / days)
        }
        .sorted { ($0.cost - $0.usualCost, $1.step ?? "", $1.agentID ?? "") > ($1.cost - $1.usualCost, $0.step ?? "", $0.agentID ?? "") }
        .prefix(3).map { $0 }
    }
}
