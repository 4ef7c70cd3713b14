internal import Ledger

/// A weekly review as its page shows it.
struct ReviewText: Sendable {
    struct Agent: Sendable {
        let name: String
        let agentPath: String
        let workflow: String?
        let cost: AmountText
        let median: AmountText?
        let isUnusual: Bool
        let share: String?
    }

    struct Balance: Sendable {
        let envelope: String
        let balancePath: String
        let key: String
        let owner: String?
        let used: String?
        let limit: AmountText
        let over: AmountText?
        let runsOut: TimeText?
    }

    struct Hold: Sendable {
        let agent: String
        let agentPath: String?
        let holds: String
        let held: AmountText
    }

    struct Anomaly: Sendable {
        struct Change: Sendable {
            let at: TimeText
            let kind: String
            let what: String
        }

        let anomalyPath: String
        let found: TimeText
        let message: String
        let stake: AmountText
        let isOpen: Bool
        let owner: String?
        let outcome: String?
        let changes: [Change]
        let hasChanges: Bool
    }

    struct Workflow: Sendable {
        let name: String
        let workflowPath: String
        let owner: String?
        let cost: AmountText?
        let before: AmountText?
        let change: ChangeText
        let reasons: [String]
    }

    struct Trial: Sendable {
        let name: String
        let workflowPath: String
        let tier: String
        let state: String
        let why: String
        let began: TimeText
    }

    let week: String
    let made: TimeText
    let isPreview: Bool
    let missed: String?
    let summary: String
    let cost: AmountText
    let before: AmountText
    let change: ChangeText
    let forecast: AmountText?
    let coverage: String?
    let isCoverageLow: Bool
    let lowTags: String?
    let pending: String
    let agents: [Agent]
    let hasAgents: Bool
    let overruns: [Balance]
    let hasOverruns: Bool
    let runningOut: [Balance]
    let hasRunningOut: Bool
    let holds: [Hold]
    let hasHolds: Bool
    let anomalies: [Anomaly]
    let hasAnomalies: Bool
    let workflows: [Workflow]
    let hasWorkflows: Bool
    let trials: [Trial]
    let hasTrials: Bool

    init(_ visit: Visit, _ review: Reviews.Review) {
        week = Self.week(visit, review.week)
        made = visit.text(review.madeAt)
        isPreview = review.id == nil
        missed = review.missed > 0 ? "\(review.missed)" : nil
        summary = SentenceText.review(review.summary, currency: visit.visitor.currency)
        cost = visit.money(review.spend.cost)
        before = visit.money(review.spend.previousCost)
        change = ChangeText(review.spend.changePercent)
        forecast = visit.money(review.spend.forecast?.cost)
        coverage = PercentText.text(review.tagCoverage?.callsPercent)
        isCoverageLow = review.tagCoverage?.belowTarget ?? false
        let low = review.tagCoverage?.tags.filter(\.belowTarget).map { $0.tags.joined(separator: " or ") } ?? []
        lowTags = low.isEmpty ? nil : low.joined(separator: ", ")
        pending = "\(review.approvals.pending)"
        agents = (review.agents + review.unusualAgents).map { Self.agent(visit, $0) }
        hasAgents = !agents.isEmpty
        overruns = review.overruns.map { Self.balance(visit, $0) }
        hasOverruns = !overruns.isEmpty
        runningOut = review.runningOut.map { Self.balance(visit, $0) }
        hasRunningOut = !runningOut.isEmpty
        holds = review.idleHolds.map { hold in
            Hold(
                agent: hold.agentId ?? GroupText.none, agentPath: hold.agentId.map { Paths.agent($0) }, holds: AmountText(count: hold.holds).text,
                held: visit.money(hold.held))
        }
        hasHolds = !holds.isEmpty
        anomalies = review.anomalies.map { Self.anomaly(visit, $0) }
        hasAnomalies = !anomalies.isEmpty
        workflows = review.unitEconomics.map { row in
            Workflow(
                name: row.workflowName, workflowPath: Paths.workflow(row.workflowName), owner: row.owner, cost: visit.money(row.costPerOutcome),
                before: visit.money(row.previousCostPerOutcome), change: ChangeText(row.changePercent, none: "–"),
                reasons: row.reasons.map { SentenceText.economics($0, currency: visit.visitor.currency) })
        }
        hasWorkflows = !workflows.isEmpty
        trials = review.routeTrials.map { trial in
            Trial(
                name: trial.workflowName, workflowPath: Paths.workflow(trial.workflowName), tier: trial.to,
                state: trial.state.replacing("_", with: " "), why: trial.reason, began: visit.text(trial.startedAt))
        }
        hasTrials = !trials.isEmpty
    }

    /// `13 Nov to 20 Nov`
    static func week(_ visit: Visit, _ week: Reviews.Week) -> String {
        let days = DayText(zone: visit.zone)
        return "\(days.day(week.start)) to \(days.day(week.end))"
    }

    private static func agent(_ visit: Visit, _ agent: Reviews.Agent) -> Agent {
        Agent(
            name: agent.agentId, agentPath: Paths.agent(agent.agentId), workflow: agent.workflowName, cost: visit.money(agent.cost),
            median: visit.money(agent.medianDayCost), isUnusual: agent.aboveTwiceMedian, share: PercentText.text(agent.percentOfMedian))
    }

    private static func balance(_ visit: Visit, _ balance: Reviews.Balance) -> Balance {
        Balance(
            envelope: balance.envelope, balancePath: Paths.balance(balance.balanceId, of: balance.envelope), key: PlanText.key(balance.key),
            owner: balance.owner, used: PercentText.text(balance.usedPercent), limit: visit.amount(balance.limit),
            over: visit.amount(balance.over), runsOut: visit.text(balance.exhaustedAt))
    }

    private static func anomaly(_ visit: Visit, _ anomaly: Reviews.Anomaly) -> Anomaly {
        let outcome = [anomaly.outcome, anomaly.reason].compactMap { $0 }.joined(separator: ": ")
        return Anomaly(
            anomalyPath: Paths.anomaly(anomaly.id), found: visit.text(anomaly.at), message: anomaly.message, stake: visit.money(anomaly.atStake),
            isOpen: anomaly.state == "open", owner: anomaly.owner, outcome: outcome.isEmpty ? nil : outcome,
            changes: anomaly.changesAfter.map { .init(at: visit.text($0.at), kind: $0.kind, what: $0.what) },
            hasChanges: !anomaly.changesAfter.isEmpty)
    }
}
