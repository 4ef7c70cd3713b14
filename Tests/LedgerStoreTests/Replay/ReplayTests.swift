import Ledger
import LedgerStore
import Postgres
import TestSupport
import Testing

@Suite("A policy over recorded calls")
struct ReplayTests {
    private static let routes = """
        tiers: [premium, economy]
        models:
          big: { tier: premium, downgrade_to: small }
          small: { tier: economy }
        """

    /// Something of everything that a plan can do.
    private static let rich = """
        \(routes)
        envelopes:
          - name: team-hour
            per: [team_id]
            meter: cost
            limit: "12"
            window: { every: hour }
            plan: [ { at: 50, do: alert }, { at: 70, do: downgrade, to: economy }, { at: 100, do: require_approval }, { at: 130, do: refuse } ]
          - name: premium
            match: { tier: premium }
            per: [agent_id]
            meter: tokens
            limit: 6000
            window: { every: hour }
            plan: [ { at: 90, do: downgrade, to: economy }, { at: 100, do: refuse } ]
          - { name: agent-minute, per: [agent_id], meter: model_calls, limit: 5, window: { every: minute } }
          - { name: run-steps, per: [run_id], meter: model_calls, limit: 40, window: { every: run } }
          - { name: single, meter: cost, per_call: "2.5" }
          - { name: tools, per: [tool], meter: tool_calls, limit: 40, window: { every: day } }
          - { name: watched, per: [team_id], meter: cost, limit: "3", mode: shadow, window: { every: minute } }
        """

    /// Credit that is carried, and agents that are suspended.
    private static let credit = """
        \(routes)
        envelopes:
          - name: team-day
            per: [team_id]
            meter: cost
            limit: "30"
            window: { every: day }
            rollover: { up_to: "10", expires_in: 6h }
            plan: [ { at: 60, do: downgrade, to: economy }, { at: 100, do: refuse } ]
          - name: agent
            per: [agent_id]
            meter: cost
            limit: "9"
            window: { every: hour }
            plan: [ { at: 100, do: require_approval }, { at: 110, do: suspend, within: 1h } ]
        """

    /// Lends one ledger through two replicas.
    private static func two(_ policy: String, _ body: ([TestLedger]) async throws -> Void) async throws {
        try await TestLedger.with(policy: policy, prices: RandomTraffic.prices) { first in
            try await RunningStore.with(first.database, log: first.log) { store in
                let second = first.through(store)
                _ = try await second.state()
                try await body([first, second])
            }
        }
    }

    @Test("the policy in force decides its own history as it was decided", arguments: 0..<4)
    func ownHistory(run: Int) async throws {
        let random = SplitMix64.announced("Replay of the own history \(run)")
        try await Self.two(run.isMultiple(of: 2) ? Self.rich : Self.credit) { replicas in
            var traffic = RandomTraffic(random, replicas)
            try await traffic.run(rounds: 40, adjusting: run.isMultiple(of: 2) ? "team-hour" : "team-day")
            let report = try await replicas[0].replay()
            let context = Comment(rawValue: "seed \(random.seed), run \(run): \(report.listed.prefix(5)) \(traffic.outcomes)")
            #expect(report.differences == 0, context)
            #expect(report.unplaced == 0, context)
            #expect(report.saved == 0, context)
            #expect(report.total.newlyRefused + report.total.newlyAdmitted + report.total.newlyApprovalRequired == 0, context)
            let facts = try replicas[0].count("reservations") + replicas[0].count("refusals")
            #expect(report.total.calls == facts, context)
            #expect(report.total.refused > 0 && report.total.downgraded > 0, context)
        }
    }

    @Test("so does a replay that begins in the middle", arguments: 0..<4)
    func middle(run: Int) async throws {
        let random = SplitMix64.announced("Replay from the middle \(run)")
        try await Self.two(run.isMultiple(of: 2) ? Self.rich : Self.credit) { replicas in
            var traffic = RandomTraffic(random, replicas)
            let envelope = run.isMultiple(of: 2) ? "team-hour" : "team-day"
            try await traffic.run(rounds: 20, adjusting: envelope)
            try await replicas[0].advance(seconds: 1)
            let since = replicas[0].now
            try await traffic.run(rounds: 20, adjusting: envelope)
            let report = try await replicas[0].replay(since: since)
            let context = Comment(rawValue: "seed \(random.seed), run \(run): \(report.listed.prefix(5))")
            #expect(report.differences == 0, context)
            #expect(report.unplaced == 0, context)
            #expect(report.saved == 0, context)
            let calls = """
                SELECT (SELECT count(*) FROM reservations WHERE opened_at >= '\(since)') + (SELECT count(*) FROM refusals WHERE refused_at >= '\(since)')
                """
            #expect(try report.total.calls == replicas[0].number(calls), context)
        }
    }

    @Test("a fact that says something else is found")
    func tampered() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10"), isTampered: true) { ledger in
            let id = try await ledger.hold("1")
            _ = try await ledger.hold("2")
            #expect(try await ledger.replay().differences == 0)
            try ledger.database.run("UPDATE reservations SET cost = 3 WHERE id = '\(id)'")
            let report = try await ledger.replay()
            #expect(report.differences == 1)
            #expect(report.listed.map(\.id) == [id])
        }
    }

    @Test("a stricter policy refuses just the calls that a plain recount refuses, and saves what they cost", arguments: 0..<3)
    func stricter(run: Int) async throws {
        var random = SplitMix64.announced("Replay of a stricter policy \(run)")
        let policy = "envelopes: [ { name: team, per: [team_id], meter: cost, limit: \"%\" } ]"
        try await TestLedger.with(policy: policy.replacing("%", with: "1000")) { ledger in
            let limit: Int64 = 20_000_000_000
            var used: [String: Int64] = [:]
            var (refused, saved): ([String: Int64], Int64) = ([:], 0)
            for _ in 0..<80 {
                let tags = ["team_id": random.one(of: ["a", "b", "c"]), "agent_id": random.one(of: ["x", "y"])]
                let (estimate, cost) = (random.number(0...2_000_000_000), random.number(0...2_000_000_000))
                let id = try await ledger.hold(Money(nanos: estimate).description, tags)
                if random.chance(10) {
                    _ = try await ledger.settle(id, .release(reason: nil))
                    if used["\(tags["team_id"] ?? "")", default: 0] + estimate > limit { refused[tags["agent_id"] ?? "", default: 0] += 1 }
                    continue
                }
                _ = try await ledger.commit(id, Money(nanos: cost).description)
                if used[tags["team_id"] ?? "", default: 0] + estimate > limit {
                    refused[tags["agent_id"] ?? "", default: 0] += 1
                    saved += cost
                } else {
                    used[tags["team_id"] ?? "", default: 0] += cost
                }
            }
            let report = try await ledger.replay(policy.replacing("%", with: "20"))
            let context: Comment = "seed \(random.seed)"
            #expect(report.agents.filter { $0.value.newlyRefused > 0 }.mapValues(\.newlyRefused) == refused, context)
            #expect(report.total.newlyRefused == refused.values.reduce(0, +), context)
            #expect(report.total.newlyRefused == report.differences, context)
            #expect(report.envelopes["team"]?.saved ?? 0 == saved, context)
            #expect(report.saved == saved && report.recordedCost - report.replayedCost == saved, context)
            #expect(report.beginsEmpty.isEmpty, context)
        }
    }

    @Test("a replay writes nothing")
    func readsOnly() async throws {
        let random = SplitMix64.announced("Replay writes nothing")
        try await Self.two(Self.rich) { replicas in
            var traffic = RandomTraffic(random, replicas)
            try await traffic.run(rounds: 10)
            let before = try Self.contents(replicas[0])
            #expect(before.count > 20)
            _ = try await replicas[0].replay()
            _ = try await replicas[0].replay(Self.credit)
            #expect(try Self.contents(replicas[0]) == before)
        }
    }

    /// Every table with the number of its rows and the newest version of one.
    private static func contents(_ ledger: TestLedger) throws -> [String] {
        let tables = """
            SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY 1
            """
        return try ledger.database.texts(tables).map { table in
            let newest = try ledger.number("SELECT coalesce(max(xmin::text::bigint), 0) FROM \(table)")
            return "\(table) \(try ledger.count(table)) \(newest)"
        }
    }
}
