/// What a run costs.
extension AnomalyDetector {
    private struct Total {
        var runs: Int64 = 0
        var cost: Int64 = 0
        var toolCalls: Int64 = 0

        init(_ runs: some Sequence<UsageDay.Runs>) {
            for run in runs {
                self.runs += run.runs
                cost = Ratio.sum([cost, run.cost])
                toolCalls = Ratio.sum([toolCalls, run.toolCalls])
            }
        }

        var perRun: Int64 { runs > 0 ? cost / runs : 0 }
    }

    /// By workflow: runs on a model that is new there against those on others, 1.5 times; else all runs of the last day
    /// against those of the week before, twice.
    func costPerTask() -> [AnomalyFinding] {
        let workflows = Set(history.day(0).runs.compactMap(\.workflow)).sorted()
        let week = (1...7).map { history.day($0).runs }
        return workflows.compactMap { workflow in
            let today = history.day(0).runs.filter { $0.workflow == workflow }
            let before = week.map { $0.filter { $0.workflow == workflow } }
            return afterModelChange(workflow, today, before.flatMap { $0 }) ?? withoutModelChange(workflow, today, before)
        }
    }

    private func afterModelChange(_ workflow: String, _ today: [UsageDay.Runs], _ before: [UsageDay.Runs]) -> AnomalyFinding? {
        let known = Total(before)
        for model in Set(today.compactMap(\.model)).sorted() {
            let with = Total(today.filter { $0.model == model })
            let others = Total((today + before).filter { $0.model != model })
            // Up to one in twenty of the runs before were trials.
            let trials = Total(before.filter { $0.model == model }).runs
            guard with.runs >= 5, others.runs >= 5, trials * 20 <= known.runs, isLater(model, today, before) else { continue }
            let ratio = Ratio.thousandths(with.perRun, of: others.perRun)
            guard others.perRun > 0, ratio > rules.threshold(1_500) else { continue }
            let old = dearest((today + before).filter { $0.model != model })
            return finding(
                workflow, with, others.perRun, ratio: ratio, model: model, today: today.filter { $0.model == model },
                message: "a run of \(workflow) costs \(Ratio.money(with.perRun)) since its model is \(model), \(Ratio.text(ratio)) times the "
                    + "\(Ratio.money(others.perRun)) of \(others.runs) runs with \(old ?? "other models")")
        }
        return nil
    }

    /// Whether others were there before a model: in the days before, or all of them earlier on its first day.
    private func isLater(_ model: String, _ today: [UsageDay.Runs], _ before: [UsageDay.Runs]) -> Bool {
        if Total(before.filter { $0.model != model }).runs >= 5 { return true }
        let first = today.filter { $0.model == model }.map(\.firstAt).min() ?? .min
        return before.isEmpty && today.allSatisfy { $0.model == model || $0.lastAt < first }
    }

    private func withoutModelChange(_ workflow: String, _ today: [UsageDay.Runs], _ before: [[UsageDay.Runs]]) -> AnomalyFinding? {
        let now = Total(today)
        let then = Total(before.flatMap { $0 })
        guard now.runs >= 10, then.runs >= 20, before.count(where: { !$0.isEmpty }) >= 3 else { return nil }
        let ratio = Ratio.thousandths(now.perRun, of: then.perRun)
        guard then.perRun > 0, ratio > rules.threshold(2_000) else { return nil }
        return finding(
            workflow, now, then.perRun, ratio: ratio, model: dearest(today), today: today,
            message: "a run of \(workflow) costs \(Ratio.money(now.perRun)), \(Ratio.text(ratio)) times the \(Ratio.money(then.perRun)) of the "
                + "week before, on the same models: see what changed in prices, prompts or the model's behaviour")
    }

    private func finding(
        _ workflow: String, _ total: Total, _ usual: Int64, ratio: Int64, model: String?, today: [UsageDay.Runs], message: String
    ) -> AnomalyFinding {
        let agents = Dictionary(grouping: today.filter { $0.agentID != nil }) { $0.agentID ?? "" }
            .map { agent, runs in (agent: agent, more: Total(runs).cost - Ratio.scaled(usual, Total(runs).runs, 1)) }
            .sorted { ($0.more, $1.agent) > ($1.more, $0.agent) }
        let hit =
            agents.isEmpty ? "" : "; it hits most: \(agents.prefix(3).map { "\($0.agent) (\(Ratio.money($0.more)) more)" }.joined(separator: ", "))"
        return AnomalyFinding(
            .costPerTask, agentID: agents.count == 1 ? agents.first?.agent : nil, workflow: workflow, model: model, observed: total.perRun,
            baseline: usual, atStake: total.cost - Ratio.scaled(usual, total.runs, 1), message: message + hit,
            steps: steps { $0.workflow == workflow })
    }

    private func dearest(_ runs: [UsageDay.Runs]) -> String? { runs.max { ($0.cost, $1.model ?? "") < ($1.cost, $0.model ?? "") }?.model }

    /// By agent: three times as many tool calls a run as in the week before. One long run is none: at least five are compared.
    func toolCalls() -> [AnomalyFinding] {
        let today = Dictionary(grouping: history.day(0).runs.filter { $0.agentID != nil }) { $0.agentID ?? "" }
        let week = Dictionary(grouping: (1...7).flatMap { history.day($0).runs }) { $0.agentID ?? "" }
        return today.sorted { $0.key < $1.key }.compactMap { agent, runs in
            let now = Total(runs)
            let then = Total(week[agent] ?? [])
            guard now.runs >= 5, now.toolCalls >= 50, then.runs >= 10 else { return nil }
            let observed = Ratio.thousandths(now.toolCalls, of: now.runs)
            // A run without tools counts as one with a single call, so that the first few are no explosion.
            let baseline = max(1_000, Ratio.thousandths(then.toolCalls, of: then.runs))
            let ratio = Ratio.thousandths(observed, of: baseline)
            guard ratio > rules.threshold(3_000) else { return nil }
            return AnomalyFinding(
                .toolCalls, agentID: agent, workflow: dearestWorkflow(runs), observed: observed, baseline: baseline,
                atStake: now.cost - Ratio.scaled(now.cost, 1_000, ratio),
                message: "a run of agent \(agent) makes \(Ratio.text(observed)) tool calls, \(Ratio.text(ratio)) times the \(Ratio.text(baseline)) "
                    + "of the week before",
                steps: steps { $0.agentID == agent })
        }
    }

    private func dearestWorkflow(_ runs: [UsageDay.Runs]) -> String? {
        runs.max { ($0.cost, $1.workflow ?? "") < ($1.cost, $0.workflow ?? "") }?.workflow
    }
}
