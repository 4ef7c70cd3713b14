/// What agents spend, and around the clock.
extension AnomalyDetector {
    /// More than twice the median of the seven days before, and than 1.5 times any same weekday of four weeks; who is known
    /// for less than seven days has no rhythm yet.
    func agentSpend() -> [AnomalyFinding] {
        let costs = (0...UsageHistory.days).map { day in
            history.day(day).calls.reduce(into: [String: Int64]()) { sums, call in
                if let agent = call.agentID { sums[agent] = Ratio.sum([sums[agent] ?? 0, call.cost]) }
            }
        }
        return costs[0].compactMap { agent, cost in
            guard costs[7...].contains(where: { $0[agent] != nil }) else { return nil }
            let active = costs[1...7].compactMap { $0[agent] }.filter { $0 > 0 }
            guard active.count >= 3, let median = Ratio.median(active) else { return nil }
            let ratio = Ratio.thousandths(cost, of: median)
            let weekday = stride(from: 7, through: UsageHistory.days, by: 7).compactMap { costs[$0][agent] }.max() ?? 0
            guard ratio > rules.threshold(2_000), Int128(cost) * 2 > Int128(weekday) * 3 else { return nil }
            let today = history.day(0).calls.filter { $0.agentID == agent }
            return AnomalyFinding(
                .agentSpend, agentID: agent, workflow: workflow(of: today), observed: cost, baseline: median, atStake: cost - median,
                message: "agent \(agent) spent \(Ratio.money(cost)) in 24 hours, \(Ratio.text(ratio)) times its median of the seven days before, "
                    + "\(Ratio.money(median))",
                steps: steps { $0.agentID == agent })
        }
    }

    /// Spending in nearly all of the last 168 hours, nine of ten hours close to their median, and no user named in any.
    func alwaysOn() -> [AnomalyFinding] {
        history.hours.compactMap { agent in
            guard !agent.hasUser, agent.costs.count >= UsageHistory.hours - 8, let median = Ratio.median(agent.costs), median > 0,
                let low = Ratio.quantile(agent.costs, 1, of: 20), let high = Ratio.quantile(agent.costs, 19, of: 20),
                Ratio.thousandths(low, of: median) >= 600, Ratio.thousandths(high, of: median) <= 1_400
            else { return nil }
            let day = Ratio.scaled(Ratio.sum(agent.costs), 24, Int64(agent.costs.count))
            return AnomalyFinding(
                .alwaysOn, agentID: agent.agentID, workflow: agent.workflow, observed: median, baseline: 0, atStake: day,
                message: "agent \(agent.agentID) spent in \(agent.costs.count) of the last \(UsageHistory.hours) hours, about "
                    + "\(Ratio.money(median)) in each, by night and at weekends too, and no call names a user",
                steps: steps { $0.agentID == agent.agentID })
        }
    }
}
