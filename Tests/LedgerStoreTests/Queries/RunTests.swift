import Ledger
import Postgres
import TestSupport
import Testing

@testable import LedgerStore

@Suite("A run is told step by step")
struct RunTests {
    private static let policy = """
        envelopes:
          - { name: run-cost, per: [run_id], meter: cost, limit: "10", window: { every: run } }
        """
    private static let agent = ["agent_id": "a", "run_id": "r/1 ä"]

    private static func find(
        _ ledger: TestLedger, _ run: String = "r/1 ä", bound: [String: String] = [:], scope: SuspensionScope = .everything,
        after: Identifier? = nil, limit: Int = 50
    )
        async throws -> StoredRun?
    {
        try await ledger.store.runs.find(
            run, bound: TestLedger.tags(bound), scope: scope, after: after, limit: limit, state: try await ledger.state())
    }

    @Test("holds, late and direct charges and refusals are there in order, with what was booked up to each")
    func everyKind() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            var first = ledger.call("2", Self.agent)
            first.stateHash = "s1"
            guard case .admitted(let hold) = try await ledger.submit(.reserve(first)) else { throw TestFailure("not admitted") }
            var report = UsageReport(statedCost: Money("1.5"))
            report.stateHash = "s2"
            report.latencyMilliseconds = 12
            _ = try await ledger.commit(hold.id, report)
            try await ledger.advance(seconds: 1)
            let released = try await ledger.hold("3", Self.agent)
            _ = try await ledger.settle(released, .release(reason: "given up"))
            _ = try await ledger.commit(released, "0.25")
            try await ledger.advance(seconds: 1)
            _ = try await ledger.charge("4", Self.agent)
            try await ledger.advance(seconds: 1)
            guard case .refused = try await ledger.reserve("7", Self.agent) else { throw TestFailure("not refused") }
            try await ledger.advance(seconds: 1)
            _ = try await ledger.hold("1", Self.agent)
            _ = try await ledger.hold("5", ["agent_id": "a", "run_id": "another"])

            let run = try #require(try await Self.find(ledger))
            #expect(run.steps.map(\.kind) == [.reservation, .reservation, .charge, .refusal, .reservation])
            #expect(run.steps.map(\.state) == ["committed", "released", "charged", "refused", "held"])
            #expect(run.steps.map(\.number) == [1, 2, 3, 4, 5])
            #expect(run.steps.map { Money(nanos: $0.totals.cost).description } == ["1.5", "1.75", "5.75", "5.75", "5.75"])
            #expect(run.steps[0].stateHash == "s1" && run.steps[0].end?.stateHash == "s2" && run.steps[0].end?.latencyMilliseconds == 12)
            #expect(run.steps[1].late?.charged.cost == Money("0.25")?.nanos && run.steps[1].end?.reason == "given up")
            let verdict = try #require(run.steps[3].verdicts.first)
            #expect(verdict.kind == .envelope && verdict.name == "run-cost" && verdict.identity?.values == ["r/1 ä"])
            #expect(run.steps[3].problem == "envelope-exhausted" && verdict.requested == Money("7")?.nanos && verdict.spent == Money("5.75")?.nanos)
            #expect(run.state == .open && run.openHolds == 1 && run.admitted == 4)
            #expect(run.charged.cost == Money("5.75")?.nanos && run.held.cost == Money("1")?.nanos)
            #expect(run.refusals.map(\.problem) == ["envelope-exhausted"] && run.uncounted == 0 && run.next == nil)
            #expect(try await Self.find(ledger, "nobody's") == nil)
        }
    }

    @Test("pages join without a gap, and the running totals go on")
    func pages() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            for _ in 0..<7 {
                _ = try await ledger.commit(try await ledger.hold("1", Self.agent), "1")
                try await ledger.advance(seconds: 3_600 * 24 * 9)
            }
            var numbers: [Int64] = []
            var totals: [Int64] = []
            var after: Identifier?
            repeat {
                let page = try #require(try await Self.find(ledger, after: after, limit: 3))
                #expect(page.charged.cost == Money("7")?.nanos && page.admitted == 7)
                numbers += page.steps.map(\.number)
                totals += page.steps.map { $0.totals.cost / 1_000_000_000 }
                after = page.next
            } while after != nil
            #expect(numbers == Array(1...7))
            #expect(totals == Array(1...7))
        }
    }

    @Test("a key sees the calls with its tags, and counts no other")
    func bound() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            _ = try await ledger.hold("1", ["run_id": "r", "team_id": "a"])
            _ = try await ledger.hold("2", ["run_id": "r", "team_id": "b"])
            let mine = try #require(try await Self.find(ledger, "r", bound: ["team_id": "b"]))
            #expect(mine.steps.count == 1 && mine.admitted == 1 && mine.held.cost == Money("2")?.nanos && mine.steps[0].number == 1)
            #expect(try await Self.find(ledger, "r", bound: ["team_id": "c"]) == nil)
        }
    }

    @Test("a key sees no suspension beyond its tags, and no count of refusals that may be another's")
    func boundSuspensions() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            let tags = ["run_id": "r", "agent_id": "a", "session_id": "s", "team_id": "blue"]
            _ = try await ledger.hold("1", tags)
            for _ in 0..<65 { _ = try await ledger.reserve("100", ["run_id": "another", "agent_id": "a", "team_id": "red"]) }
            _ = try await ledger.reserve("100", tags)
            for subject in [Subject(kind: .agent, id: "a"), Subject(kind: .session, id: "s")] { try await ledger.suspend(subject) }
            func seen(_ bound: [String: String]) async throws -> StoredRun? {
                let key = try await ledger.store.keys.create(
                    role: .operator, tags: TestLedger.tags(bound), agentID: nil, name: nil, organisation: ledger.organisation
                ).key
                let scope = SuspensionScope(key, keys: try await ledger.state().keys)
                return try await Self.find(ledger, "r", bound: bound, scope: scope)
            }
            let all = try #require(try await seen([:]))
            #expect(Set(all.suspensions.map(\.suspension.subject.kind)) == [.session, .agent] && all.uncounted == 6)
            let team = try #require(try await seen(["team_id": "blue"]))
            #expect(team.suspensions.isEmpty && team.uncounted == nil && team.admitted == 1)
            let agent = try #require(try await seen(["agent_id": "a"]))
            #expect(agent.suspensions.map(\.suspension.subject.kind) == [.agent] && agent.uncounted == 6)
        }
    }

    @Test("of a run with many calls a page and the log take their rows alone; the totals are of all", .timeLimit(.minutes(10)))
    func long() async throws {
        try await TestLedger.with(policy: "envelopes: [ { name: all, meter: cost, limit: \"1\" } ]", isTampered: true) { (ledger) async throws in
            // 20,000 holds that were charged one nano-unit each, and a late charge of each hundredth.
            let organisation = ledger.organisation.id
            let at = "(timestamptz '\(ledger.now)' - interval '1 day' + n * interval '1 ms')"
            let id = "(lpad(to_hex(floor(extract(epoch FROM \(at)) * 1000)::bigint), 12, '0') || '7000' || '8000' || lpad(to_hex(n), 12, '0'))::uuid"
            try ledger.database.run(
                """
                INSERT INTO reservations (org_id, id, opened_at, expires_at, key_id, policy_version, model, tags, decision, cost, tokens,
                    balances, amounts, versions, held, spent, limits, previous)
                SELECT '\(organisation)', \(id), \(at), \(at), '\(ledger.gateway.id)', 1, 'gpt-5', '{"run_id": "long"}', 'allow', 2, 3,
                    '{}', '{}', '{}', '{}', '{}', '{}', '{}' FROM generate_series(1, 20000) n;
                INSERT INTO settlements (org_id, reservation_id, kind, opened_at, settled_at, state, policy_version, cost, tokens, model_calls,
                    tool_calls, balances, held_changes, charges, versions, held, spent, limits, previous)
                SELECT '\(organisation)', \(id), k.kind, \(at), \(at), 'committed', 1, 1, 2, 1, 0, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}'
                FROM generate_series(1, 19999) n CROSS JOIN (VALUES ('end'), ('late')) k(kind) WHERE k.kind = 'end' OR n % 100 = 0;
                ANALYZE
                """)
            var after: Identifier?
            for page in 0..<3 {
                let run = try #require(try await Self.find(ledger, "long", after: after, limit: 200))
                #expect(run.charged.cost == 19_999 + 199 && run.admitted == 20_000 && run.openHolds == 1 && run.held.tokens == 3)
                #expect(run.steps.map(\.number) == (1...200).map { Int64(page * 200 + $0) })
                #expect(run.steps.last?.totals.cost == Int64((page + 1) * 202))
                after = run.next
            }
        }
    }

    @Test("refusals beyond the cap are counted, and a suspension says that the run is stopped and why")
    func cap() async throws {
        let policy = """
            envelopes:
              - { name: run-cost, per: [run_id], meter: cost, limit: "10", window: { every: run },
                  plan: [ { at: 100, do: refuse }, { at: 150, do: suspend } ] }
            """
        try await TestLedger.with(policy: policy) { (ledger) async throws in
            _ = try await ledger.commit(try await ledger.hold("1", Self.agent), "16")
            for _ in 0..<65 { _ = try await ledger.reserve("1", Self.agent) }
            let run = try #require(try await Self.find(ledger, limit: 200))
            #expect(run.state == .suspended)
            #expect(run.refusals.first?.problem == "suspended" && run.refusals.first?.count == 60 && run.uncounted == 5)
            let suspension = try #require(run.suspensions.first)
            #expect(suspension.isOpen && suspension.suspension.rule == "run-cost" && suspension.suspension.subject.kind == .run)
            #expect(run.steps.last?.verdicts.first?.kind == .suspension)
            #expect(run.steps.last?.verdicts.first?.name == suspension.suspension.id.description)
        }
    }

    @Test("each kind of fact is found by its index once there are some")
    func plan() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            for _ in 0..<50 {
                _ = try await ledger.hold("0.01", ["run_id": "another"])
                _ = try await ledger.charge("0.01", ["run_id": "another"])
                _ = try await ledger.reserve("100", ["run_id": "another"])
            }
            let owner = try ledger.database.owner()
            defer { owner.close() }
            try owner.run("ANALYZE; SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan")
            try owner.run("PREPARE facts (uuid, text, jsonb, uuid, bigint) AS \(RunStatements.facts.sql)")
            let rows = try owner.execute(
                Statement("explain_run_facts", "EXPLAIN EXECUTE facts ('\(ledger.organisation.id)', 'r', '{}', '\(Identifier.none)', 10)"))
            let plan = try (0..<rows.count).map { try rows.text($0, 0) }.joined(separator: "\n")
            for table in ["reservations", "settlements", "refusals"] {
                #expect(plan.contains("\(table)_2026_11_org_id_hashtextextended_idx"), "\(plan)")
            }
        }
    }
}
