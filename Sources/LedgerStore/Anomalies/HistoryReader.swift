internal import Ledger
internal import Postgres

/// Reads what the detectors compare, in parts of bounded size, each a transaction of its own.
struct HistoryReader {
    private static let daySeconds: Int64 = 86_400
    /// So many days of runs are compared.
    private static let runDays = 7
    /// Of spending around the clock.
    private static let agentLimit = 10_000

    let pool: Pool
    let organisation: Identifier
    /// The end of the hour under way, in seconds since 1970.
    private let end: Int64
    /// What is known of each hour, read once.
    private let hours: UsageHours

    init(pool: Pool, organisation: Identifier, at now: Timestamp) async throws {
        self.pool = pool
        self.organisation = organisation
        let end = UsagePage.start(of: now.seconds, UsagePage.hourSeconds) + UsagePage.hourSeconds
        self.end = end
        hours = try await pool.withSession { session in
            try UsageHours.read(of: organisation, from: end - Int64(UsageHistory.days + 1) * Self.daySeconds, to: end, in: session)
        }
    }

    /// Whether anything was used in the last day.
    var isUsed: Bool { !ranges(.hourly, day: 0).isEmpty }

    /// Nil where nothing was used in the last day.
    func read(_ coverage: TagCoverage) async throws -> UsageHistory? {
        guard isUsed else { return nil }
        var days: [UsageDay] = []
        for day in 0...UsageHistory.days {
            days.append(UsageDay(calls: try await calls(day, coverage), runs: day <= Self.runDays ? try await runs(day) : []))
        }
        // Days before the first use are no history.
        while let last = days.last, last.calls.isEmpty { days.removeLast() }
        return UsageHistory(days: days, hours: try await agentHours())
    }

    private func ranges(_ table: UsageHours.Table, day: Int) -> [Range<Int64>] {
        let last = end - Int64(day) * Self.daySeconds
        return hours.ranges(of: table, from: last - Self.daySeconds, to: last)
    }

    /// Runs a statement whose first parameters are the organisation and a time, for each part of a day.
    private func each<R: Sendable>(
        _ table: UsageHours.Table, day: Int, _ statement: Statement, _ more: @escaping @Sendable (inout Parameters) -> Void = { _ in },
        decode: @escaping @Sendable (Rows, Int) throws -> R, _ take: (R) -> Void
    ) async throws {
        let organisation = organisation
        for range in ranges(table, day: day) {
            try Task.checkCancellation()
            let decoded = try await pool.withSession { session in
                var parameters = Parameters()
                parameters.uuid(organisation)
                parameters.timestamp(microsecondsSince1970: range.lowerBound * 1_000_000)
                parameters.timestamp(microsecondsSince1970: range.upperBound * 1_000_000)
                more(&parameters)
                let rows = try session.execute(statement, parameters)
                return try (0..<rows.count).map { try decode(rows, $0) }
            }
            for row in decoded { take(row) }
        }
    }

    private func calls(_ day: Int, _ coverage: TagCoverage) async throws -> [UsageDay.Calls] {
        var sums = DayCalls()
        let groups = coverage.groups.map { $0.joined(separator: ",") }
        let decode: @Sendable (Rows, Int) throws -> UsageDay.Calls = { rows, row in
            let present = try rows.text(row, 5).utf8.map { $0 == UInt8(ascii: "1") }
            let isWhole = coverage.isWhole(environment: try rows.textIfPresent(row, 4), present: present)
            let (calls, cost) = (try rows.int8(row, 6), try rows.int8(row, 7))
            return UsageDay.Calls(
                agentID: try rows.textIfPresent(row, 0), workflow: try rows.textIfPresent(row, 1), step: try rows.textIfPresent(row, 2),
                model: try rows.textIfPresent(row, 3), calls: calls, cost: cost, inputTokens: try rows.int8(row, 8),
                outputTokens: try rows.int8(row, 9), untaggedCalls: isWhole ? 0 : calls, untaggedCost: isWhole ? 0 : cost)
        }
        try await each(.hourly, day: day, HistoryStatements.calls, { $0.textArray(groups) }, decode: decode) { sums.add($0) }
        return sums.all
    }

    private func runs(_ day: Int) async throws -> [UsageDay.Runs] {
        var sums = DayRuns()
        let decode: @Sendable (Rows, Int) throws -> UsageDay.Runs = { rows, row in
            UsageDay.Runs(
                agentID: try rows.textIfPresent(row, 0), workflow: try rows.textIfPresent(row, 1), model: try rows.textIfPresent(row, 2),
                runs: try rows.int8(row, 3), cost: try rows.int8(row, 4), toolCalls: try rows.int8(row, 5),
                firstAt: try rows.timestamp(row, 6), lastAt: try rows.timestamp(row, 7))
        }
        try await each(.runs, day: day, HistoryStatements.runs, decode: decode) { sums.add($0) }
        return sums.all
    }

    private struct AgentHour {
        let agent: String
        let cost: Int64
        let hasUser: Bool
        let workflow: String?
    }

    private func agentHours() async throws -> [AgentHours] {
        var costs: [String: [Int64]] = [:]
        var users: Set<String> = []
        var workflows: [String: String] = [:]
        let decode: @Sendable (Rows, Int) throws -> AgentHour = { rows, row in
            AgentHour(
                agent: try rows.text(row, 0), cost: try rows.int8(row, 2), hasUser: try rows.bool(row, 3),
                workflow: try rows.textIfPresent(row, 4))
        }
        for day in 0..<UsageHistory.hours / 24 {
            try await each(.hourly, day: day, HistoryStatements.hours, decode: decode) { hour in
                guard costs.count < Self.agentLimit || costs[hour.agent] != nil else { return }
                costs[hour.agent, default: []].append(hour.cost)
                if hour.hasUser { users.insert(hour.agent) }
                if workflows[hour.agent] == nil { workflows[hour.agent] = hour.workflow }
            }
        }
        return costs.sorted { $0.key < $1.key }.map { agent, costs in
            AgentHours(agentID: agent, workflow: workflows[agent], costs: costs, hasUser: users.contains(agent))
        }
    }

    // MARK: - What a finding is about

    /// The tags that all its calls of the last day have in common.
    func commonTags(of finding: AnomalyFinding) async throws -> Tags {
        var common: Set<Tags.Tag>?
        for range in ranges(.hourly, day: 0) {
            try Task.checkCancellation()
            guard let tags = try await commonTags(of: finding, in: range) else { continue }
            common = common.map { $0.intersection(tags) } ?? tags
        }
        return Tags(common ?? [])
    }

    /// Nil where no call is in the range.
    private func commonTags(of finding: AnomalyFinding, in range: Range<Int64>) async throws -> Set<Tags.Tag>? {
        let organisation = organisation
        return try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.timestamp(microsecondsSince1970: range.lowerBound * 1_000_000)
            parameters.timestamp(microsecondsSince1970: range.upperBound * 1_000_000)
            parameters.text(finding.agentID)
            parameters.text(finding.workflow)
            parameters.text(finding.step)
            let rows = try session.execute(HistoryStatements.commonTags, parameters)
            guard let total = try (0..<rows.count).first(where: { try rows.textIfPresent($0, 0) == nil }).map({ try rows.int8($0, 2) }), total > 0
            else { return nil }
            var tags: Set<Tags.Tag> = []
            for row in 0..<rows.count {
                guard let name = try rows.textIfPresent(row, 0), try rows.int8(row, 2) == total else { continue }
                tags.insert(Tags.Tag(name: name, value: try rows.text(row, 1)))
            }
            return tags
        }
    }

    /// The dearest run of the last day; nil where no call named one.
    func dearestRun(of finding: AnomalyFinding) async throws -> String? {
        var dearest: (run: String, cost: Int64)?
        let (agent, workflow) = (finding.agentID, finding.workflow)
        let more: @Sendable (inout Parameters) -> Void = { parameters in
            parameters.text(agent)
            parameters.text(workflow)
        }
        let decode: @Sendable (Rows, Int) throws -> (run: String, cost: Int64) = { (try $0.text($1, 0), try $0.int8($1, 1)) }
        try await each(.runs, day: 0, HistoryStatements.dearestRun, more, decode: decode) { found in
            if found.cost > dearest?.cost ?? -1 { dearest = found }
        }
        return dearest?.run
    }
}
