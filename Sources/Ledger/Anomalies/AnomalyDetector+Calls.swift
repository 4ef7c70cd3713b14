/// What calls take and carry.
extension AnomalyDetector {
    private struct Total {
        var calls: Int64 = 0
        var cost: Int64 = 0
        var input: Int64 = 0
        var output: Int64 = 0
        var untaggedCalls: Int64 = 0
        var untaggedCost: Int64 = 0

        init(_ calls: some Sequence<UsageDay.Calls>) {
            for call in calls {
                self.calls = Ratio.sum([self.calls, call.calls])
                cost = Ratio.sum([cost, call.cost])
                input = Ratio.sum([input, call.inputTokens])
                output = Ratio.sum([output, call.outputTokens])
                untaggedCalls = Ratio.sum([untaggedCalls, call.untaggedCalls])
                untaggedCost = Ratio.sum([untaggedCost, call.untaggedCost])
            }
        }

        var perCall: Int64 { calls > 0 ? cost / calls : 0 }
        /// Calls with all tags, in thousandths.
        var coverage: Int64 { calls > 0 ? 1_000 - Ratio.thousandths(untaggedCalls, of: calls) : 1_000 }
    }

    /// By agent: twice as many tokens go in for each that comes out as in the week before.
    func tokensWithoutOutput() -> [AnomalyFinding] {
        let week = (1...7).map { day in Dictionary(grouping: history.day(day).calls) { $0.agentID ?? "" } }
        let today = Dictionary(grouping: history.day(0).calls.filter { $0.agentID != nil }) { $0.agentID ?? "" }
        return today.sorted { $0.key < $1.key }.compactMap { agent, calls in
            let now = Total(calls)
            let days = week.compactMap { $0[agent] }.map { Total($0) }.filter { $0.output > 0 }
            guard now.input >= 100_000, days.count >= 3 else { return nil }
            let observed = Ratio.thousandths(now.input, of: max(1, now.output))
            let baseline = Ratio.thousandths(Ratio.sum(days.map(\.input)), of: Ratio.sum(days.map(\.output)))
            let ratio = Ratio.thousandths(observed, of: baseline)
            guard baseline > 0, ratio > rules.threshold(2_000) else { return nil }
            return AnomalyFinding(
                .tokensWithoutOutput, agentID: agent, workflow: workflow(of: calls), observed: observed, baseline: baseline,
                atStake: now.cost - Ratio.scaled(now.cost, 1_000, ratio),
                message: "agent \(agent) sends \(Ratio.text(observed)) tokens for each that comes back, \(Ratio.text(ratio)) times the "
                    + "\(Ratio.text(baseline)) of the week before",
                steps: steps { $0.agentID == agent })
        }
    }

    /// Of the whole organisation: five in a hundred calls fewer with all tags than in the median of the week before.
    func tagCoverage() -> [AnomalyFinding] {
        let now = Total(history.day(0).calls)
        let week = (1...7).map { Total(history.day($0).calls) }.filter { $0.calls >= 50 }
        guard now.calls >= 50, week.count >= 3, let usual = Ratio.median(week.map(\.coverage)) else { return [] }
        let fall = rules.threshold(1_050) - 1_000
        guard usual - now.coverage >= fall else { return [] }
        let steps = self.steps { $0.untaggedCalls > 0 }
        let who = steps.compactMap(\.agentID)
        return [
            AnomalyFinding(
                .tagCoverage, observed: now.coverage, baseline: usual,
                atStake: now.untaggedCost - Ratio.scaled(now.cost, 1_000 - usual, 1_000),
                message: "\(Ratio.text(now.coverage * 100)) % of the calls carry all tags, after \(Ratio.text(usual * 100)) % in the "
                    + "median of the week before; \(now.untaggedCalls) calls lack some"
                    + (who.isEmpty ? "" : ", most of them of \(who.joined(separator: ", "))"),
                steps: steps)
        ]
    }

    /// By workflow and step: a call of the last three days costs 1.4 times one of the fortnight that ended a week ago, so
    /// that a slow drift is seen too.
    func stepCost() -> [AnomalyFinding] {
        struct Point: Hashable {
            let workflow: String?
            let step: String
        }
        func group(_ days: ClosedRange<Int>) -> [Point: [UsageDay.Calls]] {
            Dictionary(grouping: days.flatMap { history.day($0).calls }.filter { $0.step != nil }) {
                Point(workflow: $0.workflow, step: $0.step ?? "")
            }
        }
        let recent = group(0...2)
        let before = group(7...20)
        return recent.sorted { ($0.key.workflow ?? "", $0.key.step) < ($1.key.workflow ?? "", $1.key.step) }.compactMap { point, calls in
            let now = Total(calls)
            let then = Total(before[point] ?? [])
            guard now.calls >= 30, then.calls >= 100, then.perCall > 0 else { return nil }
            let ratio = Ratio.thousandths(now.perCall, of: then.perCall)
            guard ratio > rules.threshold(1_400) else { return nil }
            let agents = Set(calls.compactMap(\.agentID))
            let place = [point.workflow.map { "of \($0)" }, "the step \(point.step)"].compactMap { $0 }.reversed().joined(separator: " ")
            return AnomalyFinding(
                .stepCost, agentID: agents.count == 1 ? agents.first : nil, workflow: point.workflow, step: point.step,
                model: calls.max { $0.cost < $1.cost }?.model, observed: now.perCall, baseline: then.perCall,
                atStake: (now.cost - Ratio.scaled(then.perCall, now.calls, 1)) / 3,
                message: "a call at \(place) costs \(Ratio.money(now.perCall)) in the last three days, \(Ratio.text(ratio)) times the "
                    + "\(Ratio.money(then.perCall)) of the fortnight that ended a week ago",
                steps: steps { $0.workflow == point.workflow && $0.step == point.step })
        }
    }
}
