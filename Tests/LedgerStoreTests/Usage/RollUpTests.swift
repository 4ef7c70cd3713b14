import Ledger
import LedgerStore
import Postgres
import TestSupport
import Testing

@Suite("The sums of usage are those of the settlements")
struct RollUpTests {
    /// By every row of the sums what SQL over the facts says, and the other way round.
    private static let differences = """
        WITH facts AS (
            SELECT date_trunc('hour', s.settled_at AT TIME ZONE 'UTC') AS hour, coalesce(s.tags, r.tags) - 'run_id' - 'session_id' AS tags,
                   s.model, s.tool, sum(s.model_calls) AS calls, sum(s.tool_calls) AS tool_calls,
                   count(*) FILTER (WHERE s.status = 'error') AS failed, count(*) FILTER (WHERE s.status = 'empty') AS empty,
                   count(*) FILTER (WHERE s.state <> 'committed') AS unused, sum(s.cost) AS cost, sum(s.tokens) AS tokens,
                   sum(coalesce(s.input_tokens, 0)) AS input, sum(coalesce(s.output_tokens, 0)) AS output,
                   sum(coalesce(s.latency_ms, 0)) AS latency, count(s.latency_ms) AS timed
            FROM settlements s LEFT JOIN reservations r ON r.id = s.reservation_id GROUP BY 1, 2, 3, 4
        ), sums AS (
            SELECT u.hour AT TIME ZONE 'UTC', u.tags, u.model, u.tool, u.calls::numeric, u.tool_calls::numeric, u.failed, u.empty, u.unused,
                   u.cost::numeric, u.tokens::numeric, u.input_tokens::numeric, u.output_tokens::numeric, u.latency_ms::numeric, u.timed
            FROM usage_hourly u
        )
        SELECT count(*) FROM ((TABLE facts EXCEPT TABLE sums) UNION ALL (TABLE sums EXCEPT TABLE facts)) d
        """

    /// The same for runs: cost, calls, first and last time, and the model of the dearest call.
    private static let runDifferences = """
        WITH facts AS (
            SELECT t.tags ->> 'run_id' AS run, sum(s.cost) AS cost, sum(s.model_calls) AS calls, min(s.settled_at) AS first, max(s.settled_at) AS last,
                   (array_agg(s.model ORDER BY s.cost DESC, s.reservation_id DESC))[1] AS model
            FROM settlements s LEFT JOIN reservations r ON r.id = s.reservation_id
            CROSS JOIN LATERAL (SELECT coalesce(s.tags, r.tags) AS tags) t WHERE t.tags ? 'run_id' GROUP BY 1
        ), sums AS (SELECT u.run_id, u.cost::numeric, u.calls::numeric, u.first_at, u.last_at, u.top_model FROM run_usage u)
        SELECT count(*) FROM ((TABLE facts EXCEPT TABLE sums) UNION ALL (TABLE sums EXCEPT TABLE facts)) d
        """

    private static func work(_ ledger: TestLedger, _ random: inout SplitMix64) async throws {
        var tags = ["agent_id": "a\(random.number(1...3))", "team_id": random.one(of: ["red", "blue"])]
        if random.chance(70) { tags["run_id"] = "run \(random.number(1...8))" }
        if random.chance(30) { tags["custom"] = "c\(random.number(1...2))" }
        let cost = Money(nanos: random.number(0...3_000_000_001)).description
        guard random.chance(80) else {
            _ = try await ledger.charge(cost, tags)
            return
        }
        let model: String? = random.one(of: ["gpt-5", "gpt-6", nil])
        guard case .admitted(let hold) = try await ledger.submit(.reserve(ledger.call(cost, tags, model: model))) else { return }
        if random.chance(15) {
            _ = try await ledger.settle(hold.id, .release(reason: nil))
            guard random.chance(50) else { return }
        }
        let usage = random.chance(50) && model != nil ? TokenUsage(input: random.number(0...5_000), output: random.number(0...500)) : nil
        let report = UsageReport(
            usage: usage, statedCost: Money(cost), status: random.one(of: [nil, .ok, .error, .empty]),
            latencyMilliseconds: random.chance(50) ? random.number(1...900) : nil)
        _ = try await ledger.commit(hold.id, report)
    }

    @Test("random work over hours, rolled up at random by one of two replicas or both at once: exact to the nano-unit")
    func exact() async throws {
        var random = SplitMix64.announced("roll-up")
        var dice = random
        try await TestLedger.with(policy: "envelopes: []") { (ledger) async throws in
            try await RunningStore.with(ledger.database, log: ledger.log) { other in
                for _ in 0..<160 {
                    try await Self.work(ledger, &random)
                    if dice.chance(10) { try await ledger.advance(seconds: dice.number(1...4_000)) }
                    guard dice.chance(15) else { continue }
                    let isBoth = dice.chance(50)
                    async let first = ledger.store.usage.rollDue()
                    async let second = isBoth ? other.usage.rollDue() : 0
                    _ = try await first + second
                }
            }
            try await ledger.store.usage.rollDue()
            #expect(try await ledger.store.usage.rollDue() == 0)
            #expect(try ledger.count("unrolled_batches") == 0)
            #expect(try ledger.count("settlements") > 100)
            #expect(try ledger.database.number(Self.differences) == 0)
            #expect(try ledger.database.number(Self.runDifferences) == 0)
            let totals = "SELECT count(*) FROM usage_hours h WHERE h.cost <> (SELECT sum(u.cost) FROM usage_hourly u WHERE u.hour = h.hour)"
            #expect(try ledger.database.number(totals) == 0)
            #expect(try ledger.database.number("SELECT count(*) FROM usage_hourly WHERE tags ? 'run_id'") == 0)
            let days = """
                WITH a AS (SELECT date_trunc('day', hour, 'UTC'), id, tags, model, tool, sum(calls), sum(tool_calls), sum(cost), sum(tokens),
                                  sum(failed), sum(timed) FROM usage_hourly GROUP BY 1, 2, 3, 4, 5),
                     b AS (SELECT day, id, tags, model, tool, calls, tool_calls, cost, tokens, failed, timed FROM usage_daily),
                     c AS (SELECT d.day, d.facts, d.rows, (SELECT sum(h.facts) FROM usage_hours h WHERE date_trunc('day', h.hour, 'UTC') = d.day),
                                  (SELECT count(*) FROM usage_daily u WHERE u.day = d.day) FROM usage_days d)
                SELECT (SELECT count(*) FROM ((TABLE a EXCEPT TABLE b) UNION ALL (TABLE b EXCEPT TABLE a)) x)
                     + (SELECT count(*) FROM c AS c(day, facts, rows, f, r) WHERE facts <> f OR rows <> r)
                """
            #expect(try ledger.database.number(days) == 0)
        }
    }

    @Test("what was booked before the tables were there is taken in by the migration's list")
    func backfill() async throws {
        try await TestLedger.with(policy: "envelopes: []") { (ledger) async throws in
            _ = try await ledger.charge("5", ["agent_id": "a"])
            let owner = try ledger.database.owner()
            defer { owner.close() }
            try owner.run("TRUNCATE unrolled_batches")
            try owner.run(
                """
                INSERT INTO unrolled_batches (org_id, batch_id, committed_at, facts)
                SELECT b.org_id, b.id, b.committed_at, cardinality(b.settled) FROM batches b WHERE cardinality(b.settled) > 0
                """)
            #expect(try await ledger.store.usage.rollDue() == 1)
            #expect(try ledger.database.number("SELECT cost FROM usage_hourly") == 5_000_000_000)
        }
    }

    @Test("amounts that do not fit together stay at the largest number, and stop nobody's sums")
    func absurd() async throws {
        try await TestLedger.with(policy: "envelopes: []") { (ledger) async throws in
            for _ in 0..<3 {
                _ = try await ledger.charge("9000000000", ["agent_id": "a", "run_id": "r"])
                try await ledger.store.usage.rollDue()
            }
            #expect(try ledger.database.number("SELECT cost FROM usage_hourly") == .max)
            #expect(try ledger.database.number("SELECT calls FROM usage_hourly") == 3)
        }
    }

    @Test("an hour with very many rows leaves tags that somebody made up out of new ones, and loses nothing")
    func bounded() async throws {
        try await TestLedger.with(policy: "envelopes: []") { (ledger) async throws in
            _ = try await ledger.charge("1", ["agent_id": "a", "request": "r0"])
            try await ledger.store.usage.rollDue()
            let owner = try ledger.database.owner()
            defer { owner.close() }
            try owner.run("UPDATE usage_hours SET rows = 10000")
            for request in ["r0", "r1", "r2"] { _ = try await ledger.charge("1", ["agent_id": "a", "request": request]) }
            try await ledger.store.usage.rollDue()
            let rows = try ledger.database.texts("SELECT tags::text || ' ' || calls FROM usage_hourly")
            #expect(Set(rows) == [#"{"request": "r0", "agent_id": "a"} 2"#, #"{"agent_id": "a"} 2"#])
            #expect(try ledger.database.number("SELECT cost FROM usage_hours") == 4_000_000_000)
        }
    }

    @Test(
        "further rows leave out users and steps too, and at last everything",
        arguments: [(20_000, #"{"agent_id": "a"} gpt-5 4"#), (30_000, "{} - 4")])
    func boundedUsers(rows: Int, expected: String) async throws {
        try await TestLedger.with(policy: "envelopes: []") { (ledger) async throws in
            _ = try await ledger.charge("1", ["agent_id": "a", "user_id": "u0"])
            try await ledger.store.usage.rollDue()
            try ledger.database.run("UPDATE usage_hours SET rows = \(rows)")
            for user in ["u0", "u1", "u2", "u3"] { _ = try await ledger.charge("1", ["agent_id": "a", "user_id": user, "step_name": "draft"]) }
            _ = try await ledger.charge("1", ["agent_id": "a", "user_id": "u0"])
            try await ledger.store.usage.rollDue()
            let found = try ledger.database.texts("SELECT tags::text || ' ' || coalesce(model, '-') || ' ' || calls FROM usage_hourly")
            #expect(Set(found) == [#"{"user_id": "u0", "agent_id": "a"} gpt-5 2"#, expected])
            #expect(try ledger.database.number("SELECT cost FROM usage_hours") == 6_000_000_000)
        }
    }

    @Test("a fact that is gone stops the roll-up instead of being left out")
    func missing() async throws {
        try await TestLedger.with(policy: "envelopes: []") { (ledger) async throws in
            _ = try await ledger.charge("1", ["agent_id": "a"])
            let owner = try ledger.database.owner()
            defer { owner.close() }
            try owner.run("DELETE FROM settlements")
            await #expect(throws: StoreError.self) { try await ledger.store.usage.rollDue() }
            #expect(try ledger.count("unrolled_batches") == 1)
            #expect(ledger.log.errors.count == 1)
            ledger.log.forget()
        }
    }

    @Test("verification finds an hour whose sum is a nano-unit off, parts that do not add up, and a settlement that was left out")
    func verification() async throws {
        try await TestLedger.with(policy: "envelopes: []") { (ledger) async throws in
            for agent in ["a", "b"] { _ = try await ledger.charge("1.5", ["agent_id": agent]) }
            try await ledger.store.usage.rollDue()
            try await ledger.advance(seconds: 7_200)
            _ = try await ledger.charge("7", ["agent_id": "a"])
            let owner = try ledger.database.owner()
            defer { owner.close() }
            func findings() async throws -> [String] {
                try await ledger.store.check.verify(ledger.organisation).findings.map(\.description)
            }
            #expect(try await findings() == [])
            for (tampering, finding) in [
                ("UPDATE usage_hourly SET cost = cost + 1 WHERE tags ->> 'agent_id' = 'a'", "parts add up to"),
                ("UPDATE usage_hours SET cost = cost - 1", "parts add up to"),
                ("UPDATE usage_hours SET facts = facts - 1", "settlements add up to"),
                ("DELETE FROM usage_hours", "settlements add up to 2 settlements"),
            ] {
                try owner.run("BEGIN")
                try owner.run("CREATE TABLE kept_hourly AS TABLE usage_hourly; CREATE TABLE kept_hours AS TABLE usage_hours")
                try owner.run(tampering)
                try owner.run("COMMIT")
                let found = try await findings()
                #expect(found.contains { $0.contains(finding) && $0.contains("usage of") }, "\(tampering): \(found)")
                try owner.run("TRUNCATE usage_hourly, usage_hours")
                try owner.run("INSERT INTO usage_hourly TABLE kept_hourly; INSERT INTO usage_hours TABLE kept_hours")
                try owner.run("DROP TABLE kept_hourly, kept_hours")
            }
            #expect(try await findings() == [])
            try owner.run("UPDATE usage_daily SET cost = cost + 1 WHERE tags ->> 'agent_id' = 'a'")
            #expect(try await findings().contains { $0.contains("usage of the day") && $0.contains("its hours") })
            try owner.run("UPDATE usage_daily SET cost = cost - 1 WHERE tags ->> 'agent_id' = 'a'")
        }
    }

    @Test("of tags that somebody made up the sums of keys know those that the policy asks for, and no others")
    func keyTags() async throws {
        try await TestLedger.with(policy: "tags: { required: [ticket] }\nenvelopes: []") { (ledger) async throws in
            for number in 1...3 { _ = try await ledger.charge("1", ["agent_id": "a", "ticket": "t", "made_up_\(number)": "v"]) }
            try await ledger.store.usage.rollDue()
            #expect(try ledger.database.texts("SELECT array_to_string(present, ',') || ' ' || calls FROM usage_keys") == ["agent_id,ticket 3"])
        }
    }
}
