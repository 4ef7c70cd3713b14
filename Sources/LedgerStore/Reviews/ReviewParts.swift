internal import Ledger
internal import Postgres

/// Reads what a review is made of. Every statement is a transaction of its own and reads a bounded number of rows; what would be too
/// much is left out, and the review says so.
struct ReviewParts: Sendable {
    let pool: Pool
    let reports: ReportStore
    let outcomes: OutcomeStore
    let anomalies: AnomalyStore
    let suspensions: SuspensionStore
    let trials: RouteTrialStore

    /// - Parameters:
    ///   - range: whole hours of UTC, in seconds since 1970.
    ///   - now: when the state of what goes on is told.
    func review(of state: OrganisationState, range: Range<Int64>, at now: Timestamp) async throws -> WeeklyReview {
        var review = WeeklyReview(currency: state.organisation.currency, spend: try await spend(range, state, at: now))
        try await addUse(to: &review, range, state)
        let workflows = try await outcomeDays(range, state, at: now, &review)
        try await addBalances(to: &review, range, state, at: now)
        try await addIdle(to: &review, range, state)
        try await addAnomalies(to: &review, range, state, workflows)
        review.approvals = try await approvals(range, state)
        review.trials = try await trials.recent(
            of: state.organisation.id, from: Timestamp(seconds: range.lowerBound), limit: WeeklyReview.rowLimit
        ).map { trial in
            WeeklyReview.Trial(
                id: trial.id, workflow: trial.workflow, tier: trial.tier, state: trial.state.rawValue,
                reason: trial.verdicts.last?.reason ?? trial.reason, startedAt: trial.startedAt, endedAt: trial.end?.at)
        }
        return review
    }

    /// `body`, or nil where it would read more than is kept in memory.
    func bounded<R>(_ section: WeeklyReview.Section, _ review: inout WeeklyReview, _ body: () async throws -> R) async throws -> R? {
        do {
            return try await body()
        } catch ReportError.tooManyRows {
            review.partial.insert(section)
            return nil
        }
    }

    // MARK: - Use

    private func spend(_ range: Range<Int64>, _ state: OrganisationState, at now: Timestamp) async throws -> WeeklyReview.Spend {
        let reader = UsageReader(pool: pool, organisation: state.organisation.id, filter: ReportFilter())
        let before = range.lowerBound - ReviewWeek.seconds
        var edges = [before, before + Int64(range.count)]
        if edges[1] < range.lowerBound { edges.append(range.lowerBound) }
        edges.append(range.upperBound)
        var (sums, previous) = (UsageSums(), UsageSums())
        for (cell, own) in try await reader.read(.total, edges: edges) {
            if cell.slot == 0 { previous += own } else if cell.slot == edges.count - 2 { sums += own }
        }
        let forecast = try await reports.forecast(ReportFilter(), zone: .utc, state: state, at: now)
        return WeeklyReview.Spend(
            cost: sums.cost, previousCost: previous.cost, calls: sums.calls, toolCalls: sums.toolCalls, forecast: forecast)
    }

    private func addUse(to review: inout WeeklyReview, _ range: Range<Int64>, _ state: OrganisationState) async throws {
        // Whole hours of at most a week.
        guard let period = try? ReportPeriod(range, interval: .none, zone: .utc) else { return }
        let agents = try await bounded(.agents, &review) { try await reports.agents(period, filter: ReportFilter(), state: state) }
        // Less than a day tells nothing of a day.
        let isTelling = range.count >= 86_400
        review.take(agents: (agents?.rows ?? []).map { $0.line(isTelling: isTelling) })
        let coverage = try await bounded(.tagCoverage, &review) { try await reports.coverage(period, filter: ReportFilter(), state: state) }
        review.coverage = coverage.map { coverage in
            WeeklyReview.Coverage(whole: coverage.whole.own, tags: coverage.rows.map(\.tag))
        }
    }

    // MARK: - Results

    /// The days of each workflow: the seven before the one in which the range ends, or with that one if it is not over, and as many
    /// before them. Workflows that got worse are told.
    private func outcomeDays(
        _ range: Range<Int64>, _ state: OrganisationState, at now: Timestamp, _ review: inout WeeklyReview
    ) async throws -> WorkflowDays? {
        let day = WorkflowDay.seconds
        let isRunning = range.upperBound > now.seconds
        let end = (range.upperBound + (isRunning ? day - 1 : 0)) / day * day
        let middle = Timestamp(seconds: end - 7 * day)
        let read = try await bounded(.unitEconomics, &review) {
            try await outcomes.days(from: middle.adding(seconds: -7 * day), count: 14, of: state.organisation.id)
        }
        guard let read else { return nil }
        let seconds = min(end, now.seconds) - middle.seconds
        review.take(
            declines: read.days.compactMap { name, days in
                let workflow = state.policy.workflows.first { $0.name == name }
                func economics(_ days: [WorkflowDay], _ seconds: Int64) -> UnitEconomics {
                    UnitEconomics(days.reduce(into: WorkflowSums()) { $0.add($1.sums) }, workflow: workflow, seconds: seconds)
                }
                return WorkflowDecline(
                    name, workflow: workflow, now: economics(days.filter { $0.start >= middle }, seconds),
                    before: economics(days.filter { $0.start < middle }, 7 * day))
            })
        return read
    }
}

extension AgentReport.Row {
    fileprivate func line(isTelling: Bool) -> WeeklyReview.Agent {
        WeeklyReview.Agent(
            id: agentID, workflow: workflow, cost: sums.cost, calls: sums.allCalls, runs: runs, dayCost: dayCost, median: median,
            isUnusual: isTelling && isUnusual)
    }
}

extension CoverageReport.Share {
    fileprivate var own: WeeklyReview.Share {
        WeeklyReview.Share(calls: calls, coveredCalls: coveredCalls, cost: cost, coveredCost: coveredCost)
    }
}

extension CoverageReport.Row {
    fileprivate var tag: WeeklyReview.Coverage.Tag {
        WeeklyReview.Coverage.Tag(
            names: tags, share: share.own,
            lacking: worst.map { WeeklyReview.Coverage.Lacking(workflow: $0.workflow, agentID: $0.agentID, calls: $0.calls, cost: $0.cost) })
    }
}
