import Ledger
import LedgerStore
import Postgres
import TestSupport
import Testing

@Suite("Reports are what SQL over the facts says")
struct ReportTests {
    private static let policy = """
        envelopes:
          - { name: red-prod, match: { team_id: red, environment: production }, meter: cost, limit: "100000", window: { every: month } }
          - { name: dear-models, match: { model: "gpt-*" }, meter: model_calls, limit: 100000, window: { every: month } }
        """

    /// The settlements with their tags, each hour of UTC a column.
    private static let facts = """
        SELECT s.settled_at, coalesce(s.tags, r.tags) AS tags, s.model, s.tool, s.cost, s.model_calls, s.tool_calls, coalesce(s.input_tokens, 0) AS input,
               coalesce(s.output_tokens, 0) AS output, s.status
        FROM settlements s LEFT JOIN reservations r ON r.id = s.reservation_id
        """

    private static func work(_ ledger: TestLedger, _ random: inout SplitMix64) async throws {
        var tags = ["agent_id": "a\(random.number(1...4))"]
        if random.chance(85) { tags["team_id"] = random.one(of: ["red", "blue", "green"]) }
        if random.chance(60) { tags["workflow_name"] = random.one(of: ["triage", "review"]) }
        if random.chance(40) { tags["environment"] = random.one(of: ["production", "staging"]) }
        if random.chance(30) { tags["custom"] = "c \(random.number(1...2))" }
        if random.chance(50) { tags["run_id"] = "r\(random.number(1...20))" }
        if random.chance(50) { tags["user_id"] = "u\(random.number(1...3))" }
        let cost = Money(nanos: random.number(0...3_000_000_001)).description
        let model: String? = random.one(of: ["gpt-5", "gpt-6", "sonnet", nil])
        guard case .admitted(let hold) = try await ledger.submit(.reserve(ledger.call(cost, tags, model: model, ttlSeconds: 3_600))) else { return }
        if random.chance(8) { return }
        if random.chance(8) {
            _ = try await ledger.settle(hold.id, .release(reason: nil))
            return
        }
        let usage = random.chance(60) && model != nil ? TokenUsage(input: random.number(0...5_000), output: random.number(0...500)) : nil
        _ = try await ledger.commit(hold.id, UsageReport(usage: usage, statedCost: Money(cost), status: random.one(of: [nil, .ok, .error])))
    }

    private static func column(_ dimension: ReportDimension) -> String {
        switch dimension {
        case .tag(let name): "f.tags ->> '\(name)'"
        case .model: "f.model"
        case .tool: "f.tool"
        case .envelope: "NULL::text"
        }
    }

    /// A random question, with the condition that says the same in SQL.
    private static func question(_ random: inout SplitMix64, now: Timestamp) throws -> (ReportQuestion, condition: String) {
        let all: [ReportDimension] = ["team_id", "workflow_name", "custom", "agent_id", "user_id", "environment", "model", "tool"].compactMap {
            ReportDimension($0)
        }
        var dimensions: [ReportDimension] = []
        for _ in 0..<random.number(0...3) {
            let dimension = random.one(of: all)
            if !dimensions.contains(dimension) { dimensions.append(dimension) }
        }
        var (filter, condition) = (ReportFilter(), "true")
        if random.chance(30) {
            filter.tags["team_id"] = "red"
            condition += " AND f.tags ->> 'team_id' = 'red'"
        }
        if random.chance(20) {
            filter.absent = ["custom"]
            condition += " AND f.tags ->> 'custom' IS NULL"
        }
        if random.chance(20) {
            filter.model = random.one(of: ["gpt-5", ""])
            condition += filter.model == "" ? " AND f.model IS NULL" : " AND f.model = 'gpt-5'"
        }
        if random.chance(15) {
            filter.envelope = "red-prod"
            condition += " AND f.tags ->> 'team_id' = 'red' AND coalesce(f.tags ->> 'environment', 'production') = 'production'"
        }
        let zone = try #require(Zone(random.one(of: ["UTC", "Europe/Paris", "America/New_York"])))
        let hour = (now.seconds / 3_600 + 1) * 3_600
        let end = hour - random.number(0...30) * 3_600
        let period = try ReportPeriod(
            end - random.number(1...90) * 3_600..<end, interval: random.one(of: ReportInterval.allCases), zone: zone)
        return (ReportQuestion(groupBy: dimensions, filter: filter, period: period), condition)
    }

    /// `group|bucket|cost|calls|tool calls|input|output|failed|previous` of every row that has something.
    private static func expected(_ question: ReportQuestion, _ condition: String, _ ledger: TestLedger) throws -> Set<String> {
        let ranges = ([question.period.before] + question.period.buckets).enumerated().map { index, range in
            "(\(index - 1), '\(Timestamp(seconds: range.lowerBound))'::timestamptz, '\(Timestamp(seconds: range.upperBound))'::timestamptz)"
        }
        let group = question.groupBy.isEmpty ? "''" : question.groupBy.map { "coalesce(\(column($0)), '-')" }.joined(separator: " || ',' || ")
        return Set(
            try ledger.database.texts(
                """
                WITH f AS (\(facts)), cells AS (
                    SELECT \(group) AS g, b.n, sum(f.cost) AS cost, sum(f.model_calls) AS calls, sum(f.tool_calls) AS tools, sum(f.input) AS input,
                           sum(f.output) AS output, count(*) FILTER (WHERE f.status = 'error') AS failed
                    FROM f JOIN (VALUES \(ranges.joined(separator: ", "))) AS b(n, s, e) ON f.settled_at >= b.s AND f.settled_at < b.e
                    WHERE \(condition) GROUP BY 1, 2
                )
                SELECT concat_ws('|', coalesce(c.g, p.g), coalesce(c.n, p.n + 1), coalesce(c.cost, 0), coalesce(c.calls, 0), coalesce(c.tools, 0),
                                 coalesce(c.input, 0), coalesce(c.output, 0), coalesce(c.failed, 0), coalesce(p.cost, 0))
                FROM (SELECT * FROM cells WHERE n >= 0) c
                FULL JOIN (SELECT * FROM cells WHERE cost > 0 AND n < \(question.period.buckets.count - 1)) p ON p.g = c.g AND p.n + 1 = c.n
                """))
    }

    private static func line(_ row: SpendReport.Row) -> String {
        let sums = row.sums
        let numbers = [
            Int64(row.bucket), sums.cost, sums.calls, sums.toolCalls, sums.inputTokens, sums.outputTokens, sums.failed, row.previousCost,
        ]
        return ([row.group.map { $0 ?? "-" }.joined(separator: ",")] + numbers.map(String.init)).joined(separator: "|")
    }

    @Test("random questions over random work, to the nano-unit, whole or read in many parts")
    func spend() async throws {
        var random = SplitMix64.announced("reports")
        var dice = random
        try await TestLedger.with(policy: Self.policy, isTampered: true) { (ledger) async throws in
            for _ in 0..<260 {
                try await Self.work(ledger, &random)
                if dice.chance(35) { try await ledger.advance(seconds: dice.number(1...3_500) * (dice.chance(10) ? 4 : 1)) }
            }
            _ = try await ledger.store.holds.expireDue()
            try await ledger.store.usage.rollDue()
            let state = try await ledger.state()
            for number in 0..<50 {
                if number == 25 { try ledger.database.run("UPDATE usage_hours SET rows = 25000; UPDATE usage_days SET rows = 70000") }
                let (question, condition) = try Self.question(&dice, now: ledger.now)
                let report = try await ledger.store.reports.spend(question, state: state)
                let used = report.rows.filter { $0.sums != UsageSums.none || $0.previousCost > 0 }
                let expected = try Self.expected(question, condition, ledger)
                #expect(Set(used.map(Self.line)) == expected, "question \(number): \(question.groupBy) \(condition) \(question.period)")
                #expect(report.waiting == 0 && Set(report.rows.map(\.id)).count == report.rows.count)
                #expect(report.totals.cost == used.reduce(0) { $0 + $1.sums.cost } && report.previousCost == used.reduce(0) { $0 + $1.previousCost })
                #expect(
                    zip(report.rows, report.rows.dropFirst()).allSatisfy {
                        $0.bucket < $1.bucket || $0.bucket == $1.bucket && $0.sums.cost >= $1.sums.cost
                    })
            }
        }
    }

    @Test("what is held stands in the bucket of now, by group, whatever the filter leaves; each envelope has what it matches")
    func held() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            var held: [Identifier] = []
            for (cost, team) in [("1", "red"), ("2", "red"), ("4", "blue")] {
                held.append(try await ledger.hold(cost, ["team_id": team, "run_id": cost], ttlSeconds: 3_600))
            }
            _ = try await ledger.charge("8", ["team_id": "red"])
            _ = try await ledger.charge("16", ["team_id": "red", "environment": "staging"])
            try await ledger.store.usage.rollDue()
            let state = try await ledger.state()
            let end = (ledger.now.seconds / 3_600 + 1) * 3_600
            func report(_ dimension: ReportDimension, _ filter: ReportFilter = .init()) async throws -> [String] {
                let period = try ReportPeriod(end - 86_400..<end, interval: .hour, zone: .utc)
                let report = try await ledger.store.reports.spend(ReportQuestion(groupBy: [dimension], filter: filter, period: period), state: state)
                #expect(report.rows.allSatisfy { $0.bucket == 23 })
                #expect((report.forecast != nil) == (report.totals.cost > 0), "a month that goes on")
                return report.rows.map { "\($0.group[0] ?? "-") \(Money(nanos: $0.sums.cost)) \(Money(nanos: $0.held))" }
            }
            #expect(try ledger.database.number("SELECT count(DISTINCT group_key) FROM open_reservations") == 2, "runs have no sums of their own")
            for ofOlderRelease in ["false", "id = (SELECT (max(ARRAY[id]))[1] FROM open_reservations)", "true"] {
                try ledger.database.query("UPDATE open_reservations SET cost = NULL, group_key = NULL WHERE \(ofOlderRelease)") { _ in }
                #expect(try await report(.tag("team_id")) == ["red 24 3", "blue 0 4"])
                #expect(try await report(.tag("team_id"), ReportFilter(tags: TestLedger.tags(["team_id": "blue"]))) == ["blue 0 4"])
                #expect(try await report(.envelope) == ["dear-models 24 7", "red-prod 8 3"])
                #expect(try await report(.model, ReportFilter(envelope: "red-prod")) == ["gpt-5 8 3"])
            }
            _ = try await ledger.commit(try #require(held.last), "3")
            #expect(try await report(.tag("team_id")) == ["red 24 3"], "its charge is not summed up yet")
            await #expect(throws: ReportError.unknownEnvelope("nothing")) { try await report(.model, ReportFilter(envelope: "nothing")) }
        }
    }

    @Test("agents stand against the median of their own week, with their runs and failures; trends name the models that changed")
    func agentsAndTrends() async throws {
        try await TestLedger.with(policy: "envelopes: []") { (ledger) async throws in
            func spend(_ cost: String, _ agent: String, model: String = "old", run: String? = nil, status: UsageReport.Status? = nil) async throws {
                var tags = ["agent_id": agent, "workflow_name": "triage", "team_id": "red"]
                tags["run_id"] = run
                guard case .admitted(let hold) = try await ledger.submit(.reserve(ledger.call(cost, tags, model: model))) else { return }
                _ = try await ledger.commit(hold.id, UsageReport(statedCost: Money(cost), status: status))
            }
            for _ in 0..<6 {
                try await spend("2", "a")
                try await spend("2", "b")
                try await ledger.advance(seconds: 86_400)
            }
            try await spend("3", "a", model: "new", run: "r1")
            try await spend("2", "a", model: "new", run: "r2", status: .error)
            try await spend("4", "b", run: "r3")
            try await ledger.store.usage.rollDue()
            let state = try await ledger.state()
            let end = (ledger.now.seconds / 3_600 + 1) * 3_600
            let day = try ReportPeriod(end - 86_400..<end, interval: .none, zone: .utc)
            let agents = try await ledger.store.reports.agents(day, filter: ReportFilter(), state: state)
            #expect(agents.rows.map(\.agentID) == ["a", "b"])
            let first = try #require(agents.rows.first)
            #expect(first.sums.cost == Money("5")?.nanos && first.median == Money("2")?.nanos && first.isUnusual && first.workflow == "triage")
            #expect(first.runs == 2 && first.runCost == first.sums.cost && first.sums.failed == 1)
            #expect(agents.rows.last?.isUnusual == false, "twice is not more than twice")
            let trends = try await ledger.store.reports.trends(ReportQuestion(groupBy: [.tag("agent_id")], period: day), state: state)
            #expect(trends.rows.map { $0.group[0] } == ["a", "b"] && trends.rows.map(\.change) == [3_000_000_000, 2_000_000_000])
            #expect(trends.rows.first?.models.map { "\($0.model ?? "-") \($0.isNew) \($0.isGone)" } == ["new true false", "old false true"])
            #expect(trends.totals.cost == Money("9")?.nanos && trends.before.cost == Money("4")?.nanos)
            let blue = ReportFilter(tags: TestLedger.tags(["team_id": "blue"]))
            #expect(try await ledger.store.reports.agents(day, filter: blue, state: state).rows.isEmpty)
        }
    }

    @Test("coverage counts calls and money by each group of tags that the policy asks for, and names the worst")
    func coverage() async throws {
        let policy = """
            tags: { required: [team_id, [product, feature_id]], allow_missing_in: [sandbox] }
            envelopes: []
            """
        try await TestLedger.with(policy: "envelopes: []") { (ledger) async throws in
            _ = try await ledger.charge("6", ["team_id": "red", "product": "x"])
            _ = try await ledger.charge("3", ["team_id": "red", "workflow_name": "w", "agent_id": "a"])
            _ = try await ledger.charge("1", ["workflow_name": "w", "agent_id": "b"])
            _ = try await ledger.charge("9", ["environment": "sandbox"])
            try await ledger.store.usage.rollDue()
            try await ledger.apply(policy)
            let end = (ledger.now.seconds / 3_600 + 1) * 3_600
            let day = try ReportPeriod(end - 86_400..<end, interval: .none, zone: .utc)
            let report = try await ledger.store.reports.coverage(day, filter: ReportFilter(), state: try await ledger.state())
            #expect(report.rows.map(\.tags) == [["team_id"], ["product", "feature_id"]])
            #expect(report.rows.map { [$0.share.calls, $0.share.coveredCalls] } == [[3, 2], [3, 1]])
            #expect(
                report.rows.map { [$0.share.cost, $0.share.coveredCost] } == [[10_000_000_000, 9_000_000_000], [10_000_000_000, 6_000_000_000]])
            #expect(report.rows.last?.worst.map { "\($0.agentID ?? "-") \($0.calls)" } == ["a 1", "b 1"])
            #expect(report.whole.calls == 4 && report.whole.coveredCalls == 2)
        }
    }

    @Test("envelopes: what their balances have together, the fullest of them, and when they run out")
    func envelopes() async throws {
        let policy = """
            envelopes: [ { name: agent-month, per: [agent_id], meter: cost, limit: "100", window: { every: month } } ]
            """
        try await TestLedger.with(policy: policy) { (ledger) async throws in
            // The test clock starts on the 21st at 10:00: 490 of 720 hours of the month are over.
            for (agent, cost) in [("a", "49"), ("b", "98"), ("c", "1")] { _ = try await ledger.charge(cost, ["agent_id": agent]) }
            _ = try await ledger.hold("49", ["agent_id": "a"])
            let state = try await ledger.state()
            let envelope = try #require(state.policy.envelopes.first)
            let report = try await ledger.store.reports.envelope(envelope, bound: Tags(), state: state)
            #expect(report.balances == 3 && report.spent == Money("148")?.nanos && report.held == Money("49")?.nanos)
            #expect(report.fullest.map(\.view.identity.values).prefix(2).map { $0.first ?? "" }.sorted() == ["a", "b"])
            #expect(report.fullest.last?.forecast.map { $0 / 1_000_000 } == 1_469 && report.running == 2 && report.exhausted == 0)
            // 98 in 490 hours leave ten hours.
            let end = try #require(report.fullest.first?.exhaustedAt)
            #expect(abs(end.seconds - ledger.now.seconds - 36_000) <= 60)
            let own = try await ledger.store.reports.envelope(envelope, bound: TestLedger.tags(["agent_id": "c"]), state: state)
            #expect(own.balances == 1 && own.spent == Money("1")?.nanos)
        }
    }
}
