internal import Ledger
internal import Postgres

/// Reads what the detectors compare, each day a transaction of its own.
struct HistoryReader {
    private static let daySeconds: Int64 = 86_400
    /// So many days of runs are compared.
    private static let runDays = 7

    let pool: Pool
    let organisation: Identifier
    /// The end of the hour under way, in seconds since 1970.
    let end: Int64

    init(pool: Pool, organisation: Identifier, at now: Timestamp) {
        self.pool = pool
        self.organisation = organisation
        end = UsagePage.start(of: now.seconds, UsagePage.hourSeconds) + UsagePage.hourSeconds
    }

    /// Nil where nothing was used in the last day.
    func read(_ coverage: TagCoverage) async throws -> UsageHistory? {
        var days: [UsageDay] = []
        for day in 0...UsageHistory.days {
            try Task.checkCancellation()
            let calls = try await calls(day, coverage)
            if day == 0, calls.isEmpty { return nil }
            days.append(UsageDay(calls: calls, runs: day <= Self.runDays ? try await runs(day) : []))
        }
        // Days before the first use are no history.
        while let last = days.last, last.calls.isEmpty { days.removeLast() }
        return UsageHistory(days: days, hours: try await hours())
    }

    func parameters(day: Int) -> Parameters {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: (end - Int64(day + 1) * Self.daySeconds) * 1_000_000)
        parameters.timestamp(microsecondsSince1970: (end - Int64(day) * Self.daySeconds) * 1_000_000)
        return parameters
    }

    private func calls(_ day: Int, _ coverage: TagCoverage) async throws -> [UsageDay.Calls] {
        try await pool.withSession { session in
            var parameters = parameters(day: day)
            parameters.textArray(coverage.groups.map { $0.joined(separator: ",") })
            let rows = try session.execute(HistoryStatements.calls, parameters)
            return try (0..<rows.count).map { row in
                let present = try rows.text(row, 5).utf8.map { $0 == UInt8(ascii: "1") }
                let isWhole = coverage.isWhole(environment: try rows.textIfPresent(row, 4), present: present)
                let (calls, cost) = (try rows.int8(row, 6), try rows.int8(row, 7))
                return UsageDay.Calls(
                    agentID: try rows.textIfPresent(row, 0), workflow: try rows.textIfPresent(row, 1), step: try rows.textIfPresent(row, 2),
                    model: try rows.textIfPresent(row, 3), calls: calls, cost: cost, inputTokens: try rows.int8(row, 8),
                    outputTokens: try rows.int8(row, 9), untaggedCalls: isWhole ? 0 : calls, untaggedCost: isWhole ? 0 : cost)
            }
        }
    }

    private func runs(_ day: Int) async throws -> [UsageDay.Runs] {
        try await pool.withSession { session in
            let rows = try session.execute(HistoryStatements.runs, parameters(day: day))
            return try (0..<rows.count).map { row in
                UsageDay.Runs(
                    agentID: try rows.textIfPresent(row, 0), workflow: try rows.textIfPresent(row, 1), model: try rows.textIfPresent(row, 2),
                    runs: try rows.int8(row, 3), cost: try rows.int8(row, 4), toolCalls: try rows.int8(row, 5),
                    firstAt: try rows.timestamp(row, 6), lastAt: try rows.timestamp(row, 7))
            }
        }
    }

    private func hours() async throws -> [AgentHours] {
        var costs: [String: [Int64]] = [:]
        var users: Set<String> = []
        var workflows: [String: String] = [:]
        for day in 0..<UsageHistory.hours / 24 {
            let rows = try await pool.withSession { session in
                let rows = try session.execute(HistoryStatements.hours, parameters(day: day))
                return try (0..<rows.count).map {
                    (agent: try rows.text($0, 0), cost: try rows.int8($0, 2), hasUser: try rows.bool($0, 3), workflow: try rows.textIfPresent($0, 4))
                }
            }
            for row in rows {
                costs[row.agent, default: []].append(row.cost)
                if row.hasUser { users.insert(row.agent) }
                workflows[row.agent] = workflows[row.agent] ?? row.workflow
            }
        }
        return costs.sorted { $0.key < $1.key }.map { agent, costs in
            AgentHours(agentID: agent, workflow: workflows[agent], costs: costs, hasUser: users.contains(agent))
        }
    }

    // MARK: - What a finding is about

    /// The tags that all its calls of the last day have in common.
    func commonTags(of finding: AnomalyFinding) async throws -> Tags {
        try await pool.withSession { session in
            var parameters = parameters(day: 0)
            parameters.text(finding.agentID)
            parameters.text(finding.workflow)
            parameters.text(finding.step)
            let rows = try session.execute(HistoryStatements.commonTags, parameters)
            return Tags(try (0..<rows.count).map { Tags.Tag(name: try rows.text($0, 0), value: try rows.text($0, 1)) })
        }
    }

    /// The dearest run of the last day; nil where no call named one.
    func dearestRun(of finding: AnomalyFinding) async throws -> String? {
        try await pool.withSession { session in
            var parameters = parameters(day: 0)
            parameters.text(finding.agentID)
            parameters.text(finding.workflow)
            let rows = try session.execute(HistoryStatements.dearestRun, parameters)
            return rows.count == 1 ? try rows.text(0, 0) : nil
        }
    }
}
